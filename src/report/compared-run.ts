import type { EpochResult } from "../training/index.js";

/** What is compared of a run. */
export interface ComparedRun {
  /** What it is called on the page. */
  readonly name: string;
  /** The recipe's name. */
  readonly recipe: string;
  /** What it was trained with. */
  readonly seed: number;
  /** How many numbers the network's parameters have. */
  readonly parameters: number;
  /** What besides the seed decides what it comes to: runs that share it repeat one experiment. */
  readonly setup: string;
  /** Of the finished epochs, in order. */
  readonly log: readonly EpochResult[];
  /** Whether each test image is guessed right. */
  readonly isRight: readonly boolean[];
  /** Digest of the test images and their labels. */
  readonly testSet: string;
}
