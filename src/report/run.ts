/** What a report is made of. */
import type { LabelledImages } from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import type { Sequential } from "../network/index.js";
import type { EpochResult, Recipe, StepMeasure } from "../training/index.js";

/** A training run and what it was given, wherever it came from. */
export interface ReportedRun {
  /** What it is called on the page. */
  readonly name: string;
  /** What it was trained by; its loss is what predictions are judged by. */
  readonly recipe: Recipe;
  /** Of the finished epochs; none where it stopped before. */
  readonly log: readonly EpochResult[];
  /** How large gradients and updates were; none for runs that did not measure it. */
  readonly measures: readonly StepMeasure[];
  /** As trained, with memory of the backend. */
  readonly network: Sequential;
  /** As it began, or why that is not known. */
  readonly initial: Sequential | string;
  /** What the network's passes run on. */
  readonly backend: Backend;
  /** All training images, of which `trainedOn` may have used some. */
  readonly train: LabelledImages;
  /** Which of the training images the network was shown; all of them if left out. */
  readonly trainedOn?: ArrayLike<number> | null;
  /** The images that the network is judged by, of the same size. */
  readonly test: LabelledImages;
  /** One for each output. */
  readonly classNames: readonly string[];
  /** What repeats it. */
  readonly command: string;
  /** Seed, digests, versions: what a reader needs to know of where it came from. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}
