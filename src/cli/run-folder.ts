/**
 * The folder of one training run (`--out DIR`, `--resume DIR`):
 *
 *     run.json                 what was asked for: recipe, seed, subset, epochs
 *     log.jsonl                a line for every finished epoch, as `--json` prints it
 *     weights.safetensors      the network after the last finished epoch
 *     checkpoint.safetensors   the same with the optimizer's state: where `--resume` goes on
 *
 * Each file is replaced as a whole, the checkpoint last. So whenever the process dies, the folder
 * holds a finished epoch.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { saveNetwork, type Sequential } from "../network/index.js";
import { reject } from "../tensor/index.js";
import {
  type Checkpoint,
  checkSameRecipe,
  decodeCheckpoint,
  encodeCheckpoint,
  type EpochResult,
  findRecipe,
  type Optimizer,
  readRecipe,
  type Recipe,
} from "../training/index.js";
import { checkCanBeFolder, makeFolder, readFile, readText, writeFileWhole } from "./files.js";

/** What was asked for, as far as going on depends on it. */
export interface RunConfig {
  /** The recipe's name. */
  readonly recipe: string;
  /** All of the recipe. Folders of before recipes were data do not have it. */
  readonly wholeRecipe?: Recipe;
  readonly seed: number;
  /** Indices into the training set, or `null` for what the recipe and the seed choose. */
  readonly subset: readonly number[] | null;
  /**
   * How long the run was to be; a schedule of the learning rate depends on it. Folders of before
   * there were schedules do not say.
   */
  readonly epochs?: number;
}

export class RunFolder {
  readonly path: string;
  readonly config: RunConfig;
  #log: readonly EpochResult[];

  private constructor(path: string, config: RunConfig, log: readonly EpochResult[]) {
    this.path = path;
    this.config = config;
    this.#log = log;
  }

  /** How many finished epochs the folder holds. */
  get epochs(): number {
    return this.#log.length;
  }

  /**
   * A new run. Nothing is written yet.
   *
   * @throws InputError when the folder holds a run already or cannot be one
   */
  static create(path: string, config: RunConfig): RunFolder {
    if (existsSync(join(path, "checkpoint.safetensors"))) {
      reject(
        "--out",
        "a folder without a run in it",
        path,
        `go on with that run by --resume ${path}, or choose another folder`,
      );
    }
    checkCanBeFolder(path);
    return new RunFolder(path, config, []);
  }

  /**
   * A run to go on with, and where it stopped.
   *
   * @throws InputError when the folder holds no readable run
   */
  static open(path: string): { folder: RunFolder; checkpoint: Checkpoint } {
    if (!existsSync(join(path, "checkpoint.safetensors"))) {
      reject(
        "--resume",
        "a folder with a checkpoint.safetensors, as --out leaves it after an epoch",
        path,
      );
    }
    const file = join(path, "checkpoint.safetensors");
    const checkpoint = decodeCheckpoint(readFile(file), file);
    const config = readConfig(join(path, "run.json"));
    if (config.recipe !== checkpoint.info.recipe || config.seed !== checkpoint.info.seed) {
      reject(
        "--resume",
        "run.json and checkpoint.safetensors of one run",
        `recipe ${config.recipe}, seed ${config.seed} and recipe ${checkpoint.info.recipe}, ` +
          `seed ${checkpoint.info.seed}`,
      );
    }
    const { wholeRecipe } = checkpoint.info;
    if (config.wholeRecipe !== undefined && wholeRecipe !== undefined)
      checkSameRecipe(file, config.wholeRecipe, wholeRecipe);
    return {
      folder: new RunFolder(path, config, readLog(join(path, "log.jsonl"), checkpoint.info.epochs)),
      checkpoint,
    };
  }

  /** @throws InputError when it is only named, and there is none of that name any more */
  recipe(): Recipe {
    return this.config.wholeRecipe ?? findRecipe(this.config.recipe);
  }

  /**
   * Keeps a finished epoch.
   *
   * @throws InputError when a file cannot be written; the epoch before is kept then
   */
  save(result: EpochResult, network: Sequential, optimizer: Optimizer): void {
    const { recipe, wholeRecipe, seed } = this.config;
    const whole = wholeRecipe && { wholeRecipe };
    this.#log = [...this.#log, result];
    makeFolder(this.path);
    writeFileWhole(join(this.path, "run.json"), `${JSON.stringify(this.config)}\n`);
    writeFileWhole(
      join(this.path, "log.jsonl"),
      this.#log.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
    writeFileWhole(
      join(this.path, "weights.safetensors"),
      saveNetwork(network, { ...(whole && { wholeRecipe: JSON.stringify(wholeRecipe) }) }),
    );
    writeFileWhole(
      join(this.path, "checkpoint.safetensors"),
      encodeCheckpoint(network, optimizer, { epochs: result.epoch + 1, recipe, seed, ...whole }),
    );
  }
}

function readConfig(file: string): RunConfig {
  const config = parseLine(readText(file), file) as Partial<RunConfig>;
  const subsetFits =
    config.subset === null ||
    (Array.isArray(config.subset) && config.subset.every(Number.isSafeInteger));
  if (
    typeof config.recipe !== "string" ||
    !Number.isSafeInteger(config.seed) ||
    !subsetFits ||
    (config.epochs !== undefined && !Number.isSafeInteger(config.epochs))
  ) {
    reject(file, "recipe, seed, subset and epochs of a run", JSON.stringify(config).slice(0, 80));
  }
  const { wholeRecipe } = config;
  if (wholeRecipe === undefined) return config as RunConfig;
  return {
    ...(config as RunConfig),
    wholeRecipe: readRecipe(JSON.stringify(wholeRecipe), `${file}: wholeRecipe`),
  };
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
