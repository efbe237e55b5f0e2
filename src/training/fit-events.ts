/** What `fit` tells while it trains. */
import type { Measured } from "./measure.js";
import type { Optimizer } from "./optimizers/index.js";
import type { Sums } from "./totals.js";

/** Where a training stands within an epoch, as plain data. */
export interface EpochProgress {
  /** Steps done in this epoch. */
  readonly step: number;
  /** How long they took. */
  readonly seconds: number;
  /** What the epoch's means are made of. */
  readonly sums: Sums;
}

/** After every step. Times count training only. */
export interface FitStep {
  /** Tells the events apart. */
  readonly type: "step";
  /** From 0. */
  readonly epoch: number;
  /** Steps done in this epoch, of `steps`. */
  readonly step: number;
  /** How many this epoch has. */
  readonly steps: number;
  /** Examples done in this epoch. */
  readonly examples: number;
  /** Mean over this step's examples, before the update. */
  readonly loss: number;
  /** What this step was taken with. */
  readonly learningRate: number;
  /** Over this epoch so far, each example before its update. */
  readonly meanLoss: number;
  /** By name: means over this epoch so far, each example before its update. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Mean over this epoch so far. */
  readonly examplesPerSecond: number;
  /** For a checkpoint, as is the optimizer: `from` takes both back. */
  readonly progress: EpochProgress;
  /** As this step leaves it. {@link readState} copies its numbers back from a device. */
  readonly optimizer: Optimizer;
}

/** Before the validation of an epoch. */
export interface FitValidating {
  /** Tells the events apart. */
  readonly type: "validating";
  /** From 0. */
  readonly epoch: number;
}

/** What an epoch came to. */
export interface FitEpoch {
  /** Tells the events apart. */
  readonly type: "epoch";
  /** From 0. */
  readonly epoch: number;
  /** Mean over the training examples, each before its update. */
  readonly loss: number;
  /** By name: means over the training examples, each before its update. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Means over the validation examples, by the network as it is now; null without any. */
  readonly validation: Measured | null;
  /** Whether it is the best so far, for early stopping; null without that. */
  readonly isBest: boolean | null;
  /** Whether early stopping ends the training here. */
  readonly stops: boolean;
  /** Of training. */
  readonly seconds: number;
  /** Speed of training, without the validation. */
  readonly examplesPerSecond: number;
  /** As it stands, for a checkpoint. */
  readonly optimizer: Optimizer;
}

/**
 * What {@link fit} yields: a step at a time, then, at the end of each epoch, the start of its
 * validation, if there is one, and its result.
 */
export type FitEvent = FitStep | FitValidating | FitEpoch;
