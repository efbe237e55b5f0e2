/** `leibniz experiment`: measures why a convolution, again and to the same digits. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Argument, Command } from "commander";
import { loadMnist } from "../data/index.js";
import {
  type AnyExperiment,
  experimentPage,
  experiments,
  findExperiment,
  type Measurement,
  type Scale,
  unitName,
  unitsOf,
} from "../experiments/index.js";
import { InputError, reject } from "../tensor/index.js";
import { newBar } from "./bar.js";
import { makeFolder, writeFileWhole } from "./files.js";
import {
  addMeasurement,
  checkUnits,
  checkSameHeading,
  differences,
  type Heading,
  readMeasurements,
  writeMeasurements,
} from "./experiment/measurements.js";
import { measureUnits, missing, wanted } from "./experiment/measure-units.js";
import { withValues } from "./known-values.js";
import { rejectName } from "./nearest.js";
import { dataOption, jsonOption, printJson, wholeNumber } from "./options.js";
import { formatSeconds } from "./progress.js";
import { describeData } from "./run-config.js";
import { lockFolder } from "./run-lock.js";
import { Stopped, stoppable } from "./stopping.js";
import { formatTable } from "./table.js";
import { canAnimate, printError, printText, widthOf } from "./terminal.js";

interface ExperimentOptions {
  readonly list?: boolean;
  readonly quick?: boolean;
  readonly tiny?: boolean;
  readonly out?: string;
  readonly repeat?: string;
  readonly sample?: number;
  readonly jobs: number;
  readonly data?: string;
  readonly json?: boolean;
}

/** Columns of the bar's line beside the bar: counts, the time that is left, and a unit's name. */
const BESIDE_BAR = 30 + 28;

/** Names of files in an experiment's folder. */
const MEASUREMENTS = "measurements.jsonl";
const PAGE = "README.md";

export function experimentCommand(): Command {
  return new Command("experiment")
    .addArgument(
      withValues(
        new Argument("[name]", "which experiment; --list names them"),
        experiments.map(({ name }) => name),
      ),
    )
    .option("--list", "only list the experiments and their questions")
    .option("--quick", "a taste in about a minute: fewer seeds, images and epochs")
    .option("--tiny", "as small as it goes, as the tests run it")
    .option("--out <DIR>", "keep measurements, page and figures in DIR, and go on where DIR stands")
    .option("--repeat <DIR>", "measure again what DIR holds, and compare every digit")
    .option(
      "--sample <N>",
      "with --repeat: only N of the measurements, spread over all",
      wholeNumber("--sample", 1),
    )
    .option(
      "--jobs <N>",
      "units that are measured at once (default: one for each processor)",
      wholeNumber("--jobs", 1),
      availableParallelism(),
    )
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(runExperiment);
}

async function runExperiment(name: string | undefined, options: ExperimentOptions): Promise<void> {
  if (options.list === true) return list(options.json === true);
  if (name === undefined)
    reject("experiment", "the name of an experiment", "none", "leibniz experiment --list");
  const known = experiments.map((one) => one.name);
  if (!known.includes(name)) rejectName("experiment", "an experiment", known, name);
  const experiment = findExperiment(name);
  const { out, repeat, sample } = options;
  if (sample !== undefined && repeat === undefined)
    reject("--sample", "--repeat DIR along with it", "none", "it says how many are repeated");
  if (out !== undefined && repeat !== undefined)
    reject("--repeat", "no --out along with it", out, "it writes nothing");
  const effort = { before: 0, started: performance.now(), jobs: options.jobs };
  const scale: Scale = options.tiny ? "tiny" : options.quick ? "quick" : "full";
  const heading = { experiment: name, scale, data: await dataOf(options.data) };
  if (repeat !== undefined) return repeatIn(repeat, experiment, heading, options);
  if (out === undefined) {
    const measured = await measureAll(experiment, [], heading, options, () => {}).catch(
      (error: unknown) => {
        throw saying(error, "nothing was kept: add --out DIR");
      },
    );
    return show(experiment, measured, options, effort);
  }
  makeFolder(out);
  const unlock = lockFolder(out, "--out");
  try {
    const path = join(out, MEASUREMENTS);
    const found = readMeasurements(path);
    if (found === null && existsSync(join(out, PAGE)))
      reject("--out", "an empty folder, or one of this experiment", `${out}, which holds ${PAGE}`);
    if (found !== null) {
      checkSameHeading(path, found.heading, heading);
      checkUnits(path, found.done, wanted(experiment, found.done, scale));
    }
    writeMeasurements(path, heading, found?.done ?? []); // without a line that was cut off
    let kept = found?.done.length ?? 0;
    try {
      const measured = await measureAll(experiment, found?.done ?? [], heading, options, (one) => {
        addMeasurement(path, one);
        kept++;
      });
      writeMeasurements(path, heading, measured);
      for (const { file, svg } of experiment.findings(measured).figures)
        writeFileWhole(join(out, file), svg);
      writeFileWhole(join(out, PAGE), experimentPage(experiment, measured));
      show(experiment, measured, options, { ...effort, before: found?.done.length ?? 0 });
    } catch (error) {
      throw saying(error, `runs kept in ${out}: ${kept}; the same command goes on`);
    }
  } finally {
    unlock();
  }
}

/** What ended it, and what of it is kept. */
function saying(error: unknown, kept: string): unknown {
  if (error instanceof Stopped) return error.with(kept);
  const isFile = error instanceof InputError && error.message.startsWith("cannot write ");
  return isFile ? new InputError(`${error.message}; ${kept}`) : error;
}

function list(json: boolean): void {
  for (const { name, question } of experiments)
    if (json) printJson({ name, question });
    else printText(`${name.padEnd(22)}${question}`, 22);
}

async function dataOf(folder: string | undefined): Promise<Heading["data"]> {
  const mnist = await loadMnist(folder);
  return describeData(null, mnist).sha256;
}

async function repeatIn(
  folder: string,
  experiment: AnyExperiment,
  { experiment: name, data }: Heading,
  options: ExperimentOptions,
): Promise<void> {
  const path = join(folder, MEASUREMENTS);
  const recorded = readMeasurements(path) ?? reject("--repeat", `a file ${path}`, "none");
  const { scale } = recorded.heading;
  const heading = { experiment: name, scale, data };
  checkSameHeading(path, recorded.heading, heading);
  const chosen = spreadOver(recorded.done, options.sample);
  const others = recorded.done.filter((one) => !chosen.includes(one));
  if (options.sample !== undefined) {
    checkUnits(path, recorded.done, wanted(experiment, recorded.done, scale));
    const count = missing(experiment, recorded.done, scale).length;
    if (count > 0)
      reject("--sample", `all measurements in ${path}`, `${count} missing`, "leave --sample out");
  }
  const all = await measureAll(experiment, others, heading, options, () => {});
  const measured = all.filter((one) => !others.includes(one));
  const differ = differences(measured, chosen);
  differ.forEach((line) => printText(line, 2));
  printText(
    differ.length === 0
      ? `${measured.length} of ${recorded.done.length} measurements, every digit as in ${path}`
      : `${differ.length} of the values of ${measured.length} measurements differ from ${path}`,
  );
  if (differ.length > 0) process.exitCode = 1;
}

/** Picks `count` of them, as far apart as possible. */
function spreadOver<T>(all: readonly T[], count = all.length): T[] {
  const chosen = Math.min(count, all.length);
  return Array.from(
    { length: chosen },
    (_, i) => all[Math.floor(((i + 0.5) * all.length) / chosen)]!,
  );
}

/** Measures what is not done, stage by stage. @returns all of it, in the experiment's order */
async function measureAll(
  experiment: AnyExperiment,
  before: readonly Measurement[],
  { scale }: Heading,
  { json, jobs, data = undefined }: ExperimentOptions,
  keep: (measurement: Measurement) => void,
): Promise<Measurement[]> {
  const done = [...before];
  const task = { experiment: experiment.name, scale, data: data ?? null };
  await stoppable("experiment", async (stop) => {
    for (let units = missing(experiment, done, scale); units.length > 0; ) {
      const progress = unitProgress(units.length, done.length);
      try {
        await measureUnits(units, {
          ...{ task, threads: jobs, stop, onProgress: progress.running },
          onMeasured: (measurement, seconds) => {
            keep(measurement);
            done.push(measurement);
            progress.done(measurement, seconds);
            if (json)
              progress.above(() => printJson({ experiment: experiment.name, ...measurement }));
          },
        });
      } finally {
        progress.end();
      }
      units = missing(experiment, done, scale);
    }
  });
  const order = unitsOf(experiment, done, scale).map(unitName);
  return done.sort((a, b) => order.indexOf(unitName(a)) - order.indexOf(unitName(b)));
}

/** A bar on a terminal; elsewhere a line for each unit, on standard error. */
function unitProgress(total: number, before: number) {
  let count = 0;
  const started = performance.now();
  const left = (units: number): string =>
    units === 0
      ? "?"
      : formatSeconds(((performance.now() - started) / 1000 / units) * (total - units));
  if (!canAnimate(process.stderr))
    return {
      running: () => {},
      above: (print: () => void) => print(),
      done: (one: Measurement, seconds: number) =>
        printError(
          `${before + ++count}/${before + total}  ${unitName(one)}  ${seconds.toFixed(1)} s  ` +
            `${left(count)} left`,
        ),
      end: () => {},
    };
  const bar = newBar("{value}/{total} runs {bar} {left} left  {what}", BESIDE_BAR);
  bar.start(total, 0, { left: "?", what: "" });
  return {
    above: (print: () => void) => bar.above(print),
    running: (units: number) => bar.update(count, { left: left(count + units) }),
    done: (one: Measurement) => bar.update(++count, { what: unitName(one) }),
    end: () => bar.stop(),
  };
}

/** What a command took. Files say nothing of it, so that they come to the same bytes. */
interface Effort {
  /** Units that were there before. */
  readonly before: number;
  readonly started: number;
  readonly jobs: number;
}

function show(
  experiment: AnyExperiment,
  measured: readonly Measurement[],
  { json, out }: ExperimentOptions,
  { before, started, jobs }: Effort,
): void {
  const { tables } = experiment.findings(measured);
  const [units, seconds] = [measured.length - before, (performance.now() - started) / 1000];
  const processors = Math.min(jobs, availableParallelism());
  if (json) {
    const effort = { units, seconds: Number(seconds.toFixed(1)), processors };
    return printJson({ experiment: experiment.name, done: true, tables, ...effort });
  }
  for (const { caption, head, rows } of tables) {
    printText(`\n${caption}`);
    printText(formatTable(head, rows, widthOf(process.stdout)));
  }
  printText(out === undefined ? "\nnothing was kept: add --out DIR" : `\nall of it is in ${out}`);
  printText(
    `${units} of ${measured.length} runs measured in ${formatSeconds(seconds)} min ` +
      `on ${processors} processor${processors === 1 ? "" : "s"}`,
  );
}
