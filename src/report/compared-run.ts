import type { EpochResult } from "../training/index.js";

/** What is compared of a run. */
export interface ComparedRun {
  readonly name: string;
  readonly recipe: string;
  readonly seed: number;
  readonly parameters: number;
  /** What besides the seed decides what it comes to: runs that share it repeat one experiment. */
  readonly setup: string;
  readonly log: readonly EpochResult[];
  /** Whether each test image is guessed right. */
  readonly isRight: readonly boolean[];
  /** Digest of the test images and their labels. */
  readonly testSet: string;
}
