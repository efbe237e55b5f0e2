/** Trains, and saves progress: after every epoch, at intervals within one, and when stopped. */
import type { Sequential } from "../network/index.js";
import { InputError, MachineError } from "../tensor/index.js";
import {
  type EpochResult,
  readState,
  type StepEvent,
  StepMeasures,
  train,
  type TrainOptions,
} from "../training/index.js";
import type { Progress } from "./progress.js";
import type { RunFolder } from "./run-folder.js";
import { Stopped } from "./stopping.js";

/** Checkpoints within epochs take at most this share of the time. */
const LARGEST_SHARE = 0.01;

export interface KeepOptions {
  readonly folder: RunFolder | null;
  /** How long after a checkpoint the next one is due, within an epoch. */
  readonly seconds: number;
  readonly progress: Progress;
  readonly onEpoch: (result: EpochResult) => void;
}

/**
 * @returns the last epoch that ended
 * @throws Stopped, InputError or MachineError, saying what was kept
 */
export async function trainAndKeep(
  options: TrainOptions,
  { folder, seconds, progress, onEpoch }: KeepOptions,
): Promise<EpochResult | null> {
  const keeper = new Keeper(folder, options.network, seconds);
  const measures = folder === null ? null : new StepMeasures(options.network);
  let last: EpochResult | null = null;
  try {
    for await (const event of train(options)) {
      if (event.type === "step") {
        const { isDue } = keeper;
        if (measures?.looksAt(event) || isDue)
          await readState(options.backend, options.network, event.optimizer);
        const measure = measures?.step(event) ?? null;
        if (measure !== null) folder?.measured(measure);
        keeper.step(event, isDue);
        progress.step(event);
      }
      if (event.type === "evaluating") progress.evaluating();
      if (event.type === "epoch") {
        progress.epochDone();
        last = event.result;
        keeper.epoch(() => folder?.saveEpoch(event.result, options.network, event.optimizer));
        onEpoch(event.result);
      }
    }
    options.stop?.throwIfAborted(); // after the last step
    return last;
  } catch (error) {
    progress.epochDone();
    const { optimizer = null } = keeper.pending ?? {};
    if (error instanceof Stopped) await readState(options.backend, options.network, optimizer);
    throw keeper.ended(error);
  }
}

class Keeper {
  readonly #folder: RunFolder | null;
  readonly #network: Sequential;
  readonly #interval: number;
  #due: number;
  #pending: StepEvent | null = null;

  constructor(folder: RunFolder | null, network: Sequential, seconds: number) {
    this.#folder = folder;
    this.#network = network;
    this.#interval = 1000 * seconds;
    this.#due = performance.now() + this.#interval;
  }

  /** The last step that is not kept. */
  get pending(): StepEvent | null {
    return this.#pending;
  }

  /** Whether a checkpoint within the epoch is due. */
  get isDue(): boolean {
    return this.#folder !== null && performance.now() >= this.#due;
  }

  step(event: StepEvent, isDue: boolean): void {
    this.#pending = event;
    if (isDue) this.#save(event);
  }

  /** @param save what keeps an epoch */
  epoch(save: () => void): void {
    this.#timed(save);
    this.#pending = null;
  }

  /** What ends the training, and what of it was kept. */
  ended(error: unknown): unknown {
    if (error instanceof Stopped) {
      try {
        if (this.#pending !== null && this.#folder !== null) this.#save(this.#pending);
      } catch (failure) {
        return new Stopped(`${error.message}; ${(failure as Error).message}`, error.signal).with(
          this.#kept,
        );
      }
      return error.with(this.#kept);
    }
    if (error instanceof MachineError) return new MachineError(`${error.message}; ${this.#kept}`);
    if (error instanceof InputError && error.message.startsWith("cannot write "))
      return new InputError(`${error.message}; ${this.#kept}`);
    return error;
  }

  get #kept(): string {
    return this.#folder?.kept ?? "nothing was kept; use --out DIR to keep it";
  }

  #save({ epoch, progress, optimizer }: StepEvent): void {
    this.#timed(() => this.#folder?.saveStep(epoch, progress, this.#network, optimizer));
    this.#pending = null;
  }

  #timed(save: () => void): void {
    const started = performance.now();
    save();
    const now = performance.now();
    this.#due = now + Math.max(this.#interval, (now - started) / LARGEST_SHARE);
  }
}
