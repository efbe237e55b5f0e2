/**
 * The file of an experiment's measurements, `measurements.jsonl`. Its first line says what is
 * measured, on which images and by which version; each of the others is one measurement.
 *
 * While it is measured, lines are added as they come, and a line that a crash cut off is measured
 * again. When all is there, they are put in the experiment's order: the same bytes every time.
 */
import { existsSync } from "node:fs";
import { type Measurement, type Scale, type Unit, unitName } from "../../experiments/index.js";
import { reject } from "../../tensor/index.js";
import { addLine, readText, writeFileWhole } from "../files.js";

/** What measurements belong to: others cannot be added to them. */
export interface Heading {
  readonly experiment: string;
  readonly scale: Scale;
  /** SHA-256 of each part of the images. */
  readonly data: Readonly<Record<string, string>>;
}

/** Where there is no such file yet, nothing is measured. */
export function readMeasurements(path: string): { heading: Heading; done: Measurement[] } | null {
  if (!existsSync(path)) return null;
  const lines = readText(path).split("\n");
  lines.pop(); // empty, or what a crash cut off
  if (lines.length === 0) return null;
  const [heading, ...done] = lines.map((line, i) => parse(line, `${path}, line ${i + 1}`));
  if (!isHeading(heading))
    reject(path, "a first line that names an experiment", lines[0]!.slice(0, 80));
  const wrong = done.findIndex((one) => !isMeasurement(one));
  if (wrong >= 0)
    reject(`${path}, line ${wrong + 2}`, "a measurement", lines[wrong + 1]!.slice(0, 80));
  const names = new Set<string>();
  for (const [i, name] of (done as Measurement[]).map(unitName).entries()) {
    if (names.has(name)) reject(`${path}, line ${i + 2}`, "each unit once", `${name} again`);
    names.add(name);
  }
  return { heading, done: done as Measurement[] };
}

/** Replaces the file by these lines, in this order. */
export function writeMeasurements(
  path: string,
  heading: Heading,
  done: readonly Measurement[],
): void {
  writeFileWhole(
    path,
    [heading, ...done.map(lineOf)].map((one) => `${JSON.stringify(one)}\n`).join(""),
  );
}

/** @throws InputError when it cannot be written */
export function addMeasurement(path: string, measurement: Measurement): void {
  addLine(path, JSON.stringify(lineOf(measurement)));
}

/** @throws InputError when measurements of another kind would be mixed */
export function checkSameHeading(path: string, found: Heading, wanted: Heading): void {
  for (const what of ["experiment", "scale"] as const)
    if (found[what] !== wanted[what])
      reject(path, `measurements of ${what} ${wanted[what]}`, found[what], "choose another folder");
  const part = Object.keys(wanted.data).find((name) => found.data[name] !== wanted.data[name]);
  if (part !== undefined)
    reject(path, `measurements on these ${part}`, "those of other images", "choose another folder");
}

/**
 * Before more is measured: what the experiment does not want would be counted all the same, and
 * more be measured because of it.
 *
 * @param units those that it wants
 * @throws InputError when there is another, or an older version meant something else by its name
 */
export function checkUnits(
  path: string,
  done: readonly Measurement[],
  units: readonly Unit[],
): void {
  const byName = new Map(units.map((unit) => [unitName(unit), JSON.stringify(unit.options)]));
  for (const one of done) {
    const [wanted, found] = [byName.get(unitName(one)), JSON.stringify(one.options)];
    if (wanted === found) continue;
    const [name, hint] = [unitName(one).slice(0, 200), "choose another folder"];
    if (wanted === undefined) reject(path, "units of this experiment alone", name, hint);
    reject(path, `${name} with options ${wanted.slice(0, 200)}`, found.slice(0, 200), hint);
  }
}

function lineOf({ setting, seed, options, values }: Measurement): Measurement {
  return { setting, seed, options, values };
}

function parse(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return reject(where, "a line of JSON", line.slice(0, 80));
  }
}

function isHeading(given: unknown): given is Heading {
  const { experiment, scale, data } = (given ?? {}) as Partial<Heading>;
  return typeof experiment === "string" && typeof scale === "string" && isObject(data);
}

function isMeasurement(given: unknown): given is Measurement {
  const { setting, seed, options, values } = (given ?? {}) as Partial<Measurement>;
  return (
    typeof setting === "string" &&
    Number.isSafeInteger(seed) &&
    isObject(options) &&
    isObject(values)
  );
}

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** How measurements differ from others of the same units, a line for each; empty if they do not. */
export function differences(
  measured: readonly Measurement[],
  recorded: readonly Measurement[],
): string[] {
  const byName = new Map(recorded.map((one) => [unitName(one), one]));
  const names = new Set(measured.map(unitName));
  const others = recorded.map(unitName).filter((name) => !names.has(name));
  const differ = measured.flatMap((one) => {
    const before = byName.get(unitName(one));
    if (before === undefined) return [`${unitName(one)}: not recorded`];
    const parts = Object.keys({ ...before.values, ...one.values });
    const differs = (part: string): boolean =>
      JSON.stringify(one.values[part]) !== JSON.stringify(before.values[part]);
    return parts.filter(differs).map((part) => `${unitName(one)}: another ${part}`);
  });
  return [...differ, ...others.map((name) => `${name}: no unit of this experiment`)];
}
