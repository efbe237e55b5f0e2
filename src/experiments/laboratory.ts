/** What a unit is measured with. */
import { type Dataset, ImageDataset, type Mnist } from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import type { StopSignal } from "../tensor/index.js";

/** Images of MNIST's training set that settings are chosen by; the others are trained with. */
const VALIDATION_IMAGES = 10_000;

/** How much is measured: "full" is what is committed, "quick" is a taste, "tiny" is for tests. */
export type Scale = "full" | "quick" | "tiny";

/** What a unit is measured with. */
export interface Laboratory {
  /** What trainings run on; the digits of what is measured may depend on it. */
  readonly backend: Backend;
  /** How much is measured. */
  readonly scale: Scale;
  /** See {@link mnistFor}. */
  readonly mnist: Mnist;
  /** Where its files are, for processes that read them again; the package's own if left out. */
  readonly data?: string | null;
  /** How much of the unit is done, from 0 to 1. */
  progress(share: number): void;
  /** Ends the unit, with what it is aborted for. */
  readonly stop?: StopSignal | undefined;
}

/**
 * The training images in two parts: whatever is chosen (a rate, a width, a number of epochs) is
 * chosen by the second, so that the test images are looked at only once.
 */
export function validationSplit({ train }: Mnist): { train: Dataset; validation: Dataset } {
  const [first, rest] = train.split(train.count - Math.min(VALIDATION_IMAGES, train.count / 6));
  return { train: first, validation: rest };
}

/**
 * Images for a scale: all of them; for "tiny" the first 1200 and 300, or classifying them all would
 * take longest.
 */
export function mnistFor(scale: Scale, { train, test }: Mnist): Mnist {
  if (scale !== "tiny") return { train, test };
  return { train: firstImages(train, TINY.train), test: firstImages(test, TINY.test) };
}

const TINY = { train: 1200, test: 300 };

function firstImages({ images, labels }: ImageDataset, most: number): ImageDataset {
  const count = Math.min(most, images.count);
  const size = images.pixels.length / images.count;
  const pixels = images.pixels.subarray(0, count * size);
  return new ImageDataset({ images: { ...images, count, pixels }, labels: labels.slice(0, count) });
}
