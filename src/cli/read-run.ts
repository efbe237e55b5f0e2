/** Reads the folder of a run that is to go on. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkSameData } from "../network/index.js";
import { reject } from "../tensor/index.js";
import {
  type Checkpoint,
  checkSameRecipe,
  decodeCheckpoint,
  type EpochResult,
  type StepMeasure,
} from "../training/index.js";
import { readFile, readText } from "./files.js";
import { checkConfig, type RunConfig, type RunRecord } from "./run-config.js";

/**
 * @returns what the checkpoint says; a folder of before there was a record in it is read from its
 *   other files
 * @throws InputError when a file is garbled, or run.json is not as it was written
 */
export function readRun(
  folder: string,
  names: { readonly checkpoint: string; readonly config: string; readonly log: string },
  where = "--resume",
): { readonly checkpoint: Checkpoint; readonly record: RunRecord } {
  const [file, configFile] = [join(folder, names.checkpoint), join(folder, names.config)];
  if (!existsSync(file))
    reject(where, `a folder with a ${names.checkpoint}, as --out leaves it`, folder);
  const checkpoint = decodeCheckpoint(readFile(file), file);
  const { run } = checkpoint.info;
  if (run === undefined) {
    const config = readConfig(configFile);
    checkBelongsTogether(checkpoint, config, file, where);
    const log = readLog(join(folder, names.log), checkpoint.info.epochs);
    return { checkpoint, record: { config, log } };
  }
  const { config: given, log, epochsBefore } = run as Partial<RunRecord>;
  if (typeof given !== "object" || given === null || !Array.isArray(log))
    reject(file, "metadata run with config and log", JSON.stringify(run).slice(0, 80));
  const config = checkConfig(given, `${file}: metadata run`);
  if (!existsSync(configFile)) return { checkpoint, record: { config, log } };
  const shown = readConfig(configFile);
  // the process may have died after the checkpoint said how long the run is now, and before this
  const epochs = shown.epochs === epochsBefore ? epochsBefore : config.epochs;
  checkSameData(configFile, { ...config, epochs }, shown, "run");
  return { checkpoint, record: { config, log, epochsBefore: shown.epochs } };
}

/**
 * How large gradients and updates were, up to where the checkpoint stands. They are only shown, so
 * what cannot be read is left out.
 *
 * @throws InputError when a folder has the file's name, which would keep the next lines out
 */
export function readMetrics(
  file: string,
  { epochs, step }: { readonly epochs: number; readonly step: number },
): StepMeasure[] {
  if (!existsSync(file)) return []; // a run of before
  if (statSync(file).isDirectory())
    reject(file, "a file", "a folder", "move it away: only curves are drawn from it");
  return new TextDecoder()
    .decode(readFile(file))
    .split("\n")
    .flatMap((line) => measureIn(line))
    .filter((one) => one.epoch < epochs || (one.epoch === epochs && one.step <= step));
}

/** Lengths by name, null where one is not known. */
function areSizes(given: unknown): boolean {
  const isLength = (value: unknown): boolean =>
    value === null || (typeof value === "number" && Number.isFinite(value) && value >= 0);
  return (
    typeof given === "object" &&
    given !== null &&
    !Array.isArray(given) &&
    Object.values(given).every(isLength)
  );
}

function measureIn(line: string): StepMeasure[] {
  try {
    const value = JSON.parse(line) as Partial<StepMeasure> | null;
    const { epoch, step, steps, loss, learningRate, gradientNorms, updateRatios } = value ?? {};
    const isWhole =
      Number.isSafeInteger(epoch) &&
      epoch! >= 0 &&
      [step, steps].every(Number.isSafeInteger) &&
      step! >= 1 &&
      step! <= steps! &&
      [loss, learningRate].every(Number.isFinite) &&
      [gradientNorms, updateRatios].every(areSizes);
    return isWhole ? [value as StepMeasure] : [];
  } catch {
    return [];
  }
}

function checkBelongsTogether(
  { info }: Checkpoint,
  config: RunConfig,
  file: string,
  where: string,
): void {
  if (config.recipe !== info.recipe || config.seed !== info.seed)
    reject(
      where,
      "run.json and checkpoint.safetensors of one run",
      `recipe ${config.recipe}, seed ${config.seed} and recipe ${info.recipe}, seed ${info.seed}`,
    );
  if (config.wholeRecipe !== undefined && info.wholeRecipe !== undefined)
    checkSameRecipe(file, config.wholeRecipe, info.wholeRecipe);
}

function readConfig(file: string): RunConfig {
  return checkConfig(parseLine(readText(file), file), file);
}

function readLog(file: string, epochs: number): readonly EpochResult[] {
  const lines = readText(file).trimEnd().split("\n");
  if (lines.length < epochs)
    reject(file, `a line for each of ${epochs} epochs`, String(lines.length));
  return lines.slice(0, epochs).map((line) => parseLine(line, file) as EpochResult);
}

function parseLine(line: string, file: string): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    reject(file, "JSON", JSON.stringify(line.slice(0, 40)));
  }
  return typeof value === "object" && value !== null
    ? value
    : reject(file, "a JSON object", line.slice(0, 40));
}
