import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  experimentPage,
  findExperiment,
  type Laboratory,
  type Measurement,
  mnistFor,
  unitName,
  unitsOf,
} from "leibniz/experiments";
import { openBackend } from "leibniz/kernels";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { root } from "./cli.js";
import { mnist } from "./mnist.js";

/** What is recorded of a unit: all of its values as a digest, and enough of them to see by eye. */
export interface RecordedUnit {
  readonly sha256: string;
  /** How many numbers there are among the values, and what they add up to. */
  readonly numbers: number;
  readonly sum: number;
}

const RECORDED = join(root, "test", "fixtures", "experiments-tiny.json");

let opened: Promise<Laboratory> | null = null;

/** A laboratory of the smallest scale, on one thread; opened once for all tests. */
export function tinyLaboratory(): Promise<Laboratory> {
  return (opened ??= (async () => ({
    backend: await openBackend({ name: "wasm", threads: 1 }),
    scale: "tiny" as const,
    mnist: mnistFor("tiny", await mnist()),
    progress: () => {},
  }))());
}

/** Every unit of an experiment at its smallest scale, measured in this process. */
export async function measureTiny(name: string): Promise<Measurement[]> {
  const experiment = findExperiment(name);
  const laboratory = await tinyLaboratory();
  const done: Measurement[] = [];
  for (;;) {
    const known = new Set(done.map(unitName));
    const todo = unitsOf(experiment, done, "tiny").filter((unit) => !known.has(unitName(unit)));
    if (todo.length === 0) return done;
    for (const unit of todo)
      done.push({ ...unit, values: await experiment.measure(unit, laboratory) });
  }
}

export function recordOf({ values }: Measurement): RecordedUnit {
  const numbers = numbersIn(values);
  return {
    sha256: createHash("sha256").update(JSON.stringify(values)).digest("hex"),
    numbers: numbers.length,
    sum: numbers.reduce((sum, one) => sum + one, 0),
  };
}

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

/** Tests that an experiment measures what was recorded, and that its page can be written. */
export function testTiny(name: string): void {
  test(`${name}: its smallest units give the recorded numbers and a page`, async () => {
    const measured = await measureTiny(name);
    const recorded = JSON.parse(readFileSync(RECORDED, "utf8"))[name];
    const found = Object.fromEntries(measured.map((one) => [unitName(one), recordOf(one)]));
    assert.equal(found, recorded);
    const experiment = findExperiment(name);
    const { figures, tables } = experiment.findings(measured);
    assert.ok(figures.length > 0 && tables.length > 0);
    const page = experimentPage(experiment, measured);
    for (const text of [page, ...figures.map(({ svg }) => svg)])
      assert.not.match(text.replace(/base64,[^"]*/g, ""), /NaN|undefined|Infinity|null|∞/);
    for (const { file, alt } of figures) assert.ok(page.includes(`![${alt}](${file})\n*`), file);
    for (const { head, rows } of tables)
      for (const row of rows) assert.is(row.length, head.length, row.join(" | "));
  });
}
