import type { EpochResult } from "../training/index.js";

/** What is compared of a run. */
export interface ComparedRun {
  readonly name: string;
  readonly recipe: string;
  readonly seed: number;
  readonly parameters: number;
  readonly log: readonly EpochResult[];
  /** Whether each test image is guessed right. */
  readonly isRight: readonly boolean[];
  /** Digest of the test images and their labels. */
  readonly testSet: string;
}
