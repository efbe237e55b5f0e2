/**
 * The folder of one training run (`--out DIR`, `--resume DIR`):
 *
 *     checkpoint.safetensors   all that `--resume` goes on from: weights, the optimizer's state,
 *                              where the epoch stands, and what the next two say
 *     run.json                 what was asked for: recipe, seed, data, subset, epochs, backend
 *     log.jsonl                a line for every finished epoch, as `--json` prints it
 *     weights.safetensors      the network after the last finished epoch
 *     metrics.jsonl            a line every few steps: how large gradients and updates were
 *     report.html              what it has learned, once it is done
 *
 * Each file is replaced as a whole. The checkpoint is the first that there is, and after an epoch
 * the last that is replaced, so whenever the process dies, the run goes on from it. Lines of
 * metrics that are ahead of it are dropped then: their steps are taken again.
 */
import { existsSync, lstatSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { saveNetwork, type Sequential } from "../network/index.js";
import { reject } from "../tensor/index.js";
import {
  type Checkpoint,
  type EpochProgress,
  encodeCheckpoint,
  type EpochResult,
  findRecipe,
  type Optimizer,
  type Recipe,
  type StepMeasure,
} from "../training/index.js";
import { checkCanBeFolder, makeFolder, writeFileWhole } from "./files.js";
import type { RunConfig } from "./run-config.js";
import { lockFolder } from "./run-lock.js";
import { readMetrics, readRun } from "./read-run.js";

const NAMES = [
  "checkpoint.safetensors",
  "run.json",
  "log.jsonl",
  "weights.safetensors",
  "metrics.jsonl",
  "report.html",
] as const;
const [CHECKPOINT, CONFIG, LOG, WEIGHTS, METRICS, REPORT] = NAMES;
/** What a run's folder holds, by what it is. */
export const RUN_FILES = {
  checkpoint: CHECKPOINT,
  config: CONFIG,
  log: LOG,
  weights: WEIGHTS,
  metrics: METRICS,
  report: REPORT,
} as const;

export class RunFolder {
  readonly path: string;
  #config: RunConfig;
  /** A longer or shorter run than it was begun as: what run.json may still say. */
  readonly #epochsBefore: number | undefined;
  #log: readonly EpochResult[];
  #metrics: StepMeasure[] = [];
  /** Where the checkpoint stands; null before there is one worth going on from. */
  #kept: { readonly epochs: number; readonly step: number } | null;
  /** After how many epochs the weights are that lie there alone; 0 for none. */
  #weights = 0;
  /** Folders that were made for it, from the outside in; null for a run that was there. */
  readonly #made: readonly string[] | null;
  readonly #unlock: () => void;

  private constructor(
    path: string,
    config: RunConfig,
    log: readonly EpochResult[],
    lock: { readonly made: readonly string[] | null; readonly unlock: () => void },
    epochsBefore?: number,
  ) {
    this.path = path;
    this.#config = config;
    this.#log = log;
    this.#kept = null;
    this.#made = lock.made;
    this.#unlock = lock.unlock;
    this.#epochsBefore = epochsBefore;
  }

  get log(): readonly EpochResult[] {
    return this.#log;
  }

  get metrics(): readonly StepMeasure[] {
    return this.#metrics;
  }

  get config(): RunConfig {
    return this.#config;
  }

  /** @throws InputError when a new run would overwrite something there, or cannot be there */
  static checkIsFree(path: string): void {
    checkCanBeFolder(path);
    // a link to nothing is somebody's as well
    const isThere = (name: string): boolean =>
      existsSync(path) && lstatSync(join(path, name), { throwIfNoEntry: false }) !== undefined;
    const found = NAMES.find(isThere);
    if (found === undefined) return;
    reject(
      "--out",
      "a folder without a run in it",
      found === CHECKPOINT ? path : `${path}, which holds ${found}`,
      found === CHECKPOINT
        ? `go on with that run by --resume ${path}, or choose another folder`
        : "nothing was overwritten; choose another folder",
    );
  }

  /**
   * A new run, whose folder nobody else may write into until it is closed.
   *
   * @throws InputError when that folder is not free, or cannot be written into
   */
  static create(path: string, config: RunConfig): RunFolder {
    RunFolder.checkIsFree(path);
    const made = makeFolder(path);
    try {
      const unlock = lockFolder(path, "--out");
      const folder = new RunFolder(path, config, [], { made, unlock });
      try {
        RunFolder.checkIsFree(path); // another process may have finished one meanwhile
      } catch (error) {
        folder.#unlock();
        throw error;
      }
      return folder;
    } catch (error) {
      removeFolders(made);
      throw error;
    }
  }

  /**
   * A run to go on with, and where it stopped. Nobody else may write into it until it is closed.
   *
   * @throws InputError when the folder holds no readable run, or run.json is not what it was
   */
  static open(path: string): { folder: RunFolder; checkpoint: Checkpoint } {
    if (!existsSync(join(path, CHECKPOINT)))
      reject("--resume", `a folder with a ${CHECKPOINT}, as --out leaves it`, path);
    const unlock = lockFolder(path, "--resume");
    try {
      const { checkpoint, record } = readRun(path, RUN_FILES);
      const { config, log, epochsBefore = config.epochs } = record;
      const folder = new RunFolder(path, config, log, { made: null, unlock }, epochsBefore);
      const { epochs, progress } = checkpoint.info;
      folder.#kept = { epochs, step: progress?.step ?? 0 };
      folder.#metrics = readMetrics(join(path, METRICS), folder.#kept);
      return { folder, checkpoint };
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** @throws InputError when it is only named, and there is none of that name any more */
  recipe(): Recipe {
    return this.config.wholeRecipe ?? findRecipe(this.config.recipe);
  }

  /**
   * Makes the run one that goes on, before its first step or the next.
   *
   * @param config what is known of it now
   * @throws InputError when a file cannot be written
   */
  begin(config: RunConfig, network: Sequential, optimizer: Optimizer, at?: Place): void {
    this.#config = config;
    if (this.#made === null) this.#saveMetrics(); // without lines that are ahead
    this.#saveCheckpoint(network, optimizer, at ?? { epochs: 0 });
    writeFileWhole(join(this.path, CONFIG), `${JSON.stringify(config)}\n`);
  }

  /** Takes down what a step was like, to be kept with the next checkpoint. */
  measured(measure: StepMeasure): void {
    this.#metrics.push(measure);
  }

  /**
   * Keeps where an epoch stands.
   *
   * @throws InputError when the file cannot be written; what was kept before is kept then
   */
  saveStep(epochs: number, progress: EpochProgress, network: Sequential, optimizer: Optimizer) {
    this.#saveMetrics();
    this.#saveCheckpoint(network, optimizer, { epochs, progress });
    this.#kept = { epochs, step: progress.step };
  }

  /**
   * Keeps a finished epoch.
   *
   * @throws InputError when a file cannot be written; what was kept before is kept then
   */
  saveEpoch(result: EpochResult, network: Sequential, optimizer: Optimizer): void {
    const { wholeRecipe } = this.config;
    this.#log = [...this.#log, result];
    writeFileWhole(
      join(this.path, LOG),
      this.#log.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
    writeFileWhole(
      join(this.path, WEIGHTS),
      saveNetwork(network, { ...(wholeRecipe && { wholeRecipe: JSON.stringify(wholeRecipe) }) }),
    );
    this.#weights = result.epoch + 1;
    this.#saveMetrics();
    this.#saveCheckpoint(network, optimizer, { epochs: result.epoch + 1 });
    this.#kept = { epochs: result.epoch + 1, step: 0 };
  }

  /** What there is to go on from, in words. */
  get kept(): string {
    if (this.#isEmpty) return "nothing was kept yet";
    const { epochs, step } = this.#kept ?? { epochs: 0, step: 0 };
    const inside = `after step ${step} of epoch ${epochs + 1}`;
    const place = step > 0 ? inside : epochs > 0 ? `after epoch ${epochs}` : "at the start";
    const ahead = this.#weights > epochs ? `, and weights after epoch ${this.#weights}` : "";
    return `kept as it was ${place}${ahead}; go on with --resume ${this.path}`;
  }

  /** Lets others have the folder. A new run that kept nothing leaves nothing behind. */
  close(): void {
    const isNothing = this.#made !== null && this.#isEmpty;
    if (isNothing) for (const name of NAMES) rmSync(join(this.path, name), { force: true });
    this.#unlock();
    if (isNothing) removeFolders(this.#made!);
  }

  get #isEmpty(): boolean {
    return this.#kept === null && this.#weights === 0;
  }

  #saveMetrics(): void {
    const lines = this.#metrics.map((line) => `${JSON.stringify(line)}\n`);
    writeFileWhole(join(this.path, METRICS), lines.join(""));
  }

  #saveCheckpoint(network: Sequential, optimizer: Optimizer, at: Place): void {
    const { recipe, wholeRecipe, seed } = this.#config;
    const run = { config: this.#config, log: this.#log, epochsBefore: this.#epochsBefore };
    const info = { ...at, recipe, seed, ...(wholeRecipe && { wholeRecipe }), run };
    writeFileWhole(join(this.path, CHECKPOINT), encodeCheckpoint(network, optimizer, info));
  }
}

interface Place {
  readonly epochs: number;
  readonly progress?: EpochProgress | undefined;
}

function removeFolders(made: readonly string[]): void {
  try {
    for (const folder of [...made].reverse()) rmdirSync(folder);
  } catch {
    // somebody has put something into it
  }
}
