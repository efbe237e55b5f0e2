/** Reads the folder of a run that is to go on. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkSameData } from "../network/index.js";
import { reject } from "../tensor/index.js";
import {
  type Checkpoint,
  checkSameRecipe,
  decodeCheckpoint,
  type EpochResult,
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
): { readonly checkpoint: Checkpoint; readonly record: RunRecord } {
  const [file, configFile] = [join(folder, names.checkpoint), join(folder, names.config)];
  const checkpoint = decodeCheckpoint(readFile(file), file);
  const { run } = checkpoint.info;
  if (run === undefined) {
    const config = readConfig(configFile);
    checkBelongsTogether(checkpoint, config, file);
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

function checkBelongsTogether({ info }: Checkpoint, config: RunConfig, file: string): void {
  if (config.recipe !== info.recipe || config.seed !== info.seed)
    reject(
      "--resume",
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
