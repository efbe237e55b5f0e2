/** The images that a network is surest of and wrong about, and what it could have known. */
import type { LabelledImages } from "../data/index.js";
import type { Predictions } from "./predictions.js";

/** A test image that was taken for something else. */
export interface WorstMistake {
  /** Which of the test images. */
  readonly index: number;
  /** Its class. */
  readonly label: number;
  /** The class that it was taken for. */
  readonly guess: number;
  /** The training image of the right class that comes nearest to it; null where there is none. */
  readonly nearest: {
    /** Which of the training images. */
    readonly index: number;
    /** √Σ (difference of two pixels)², pixels from 0 to 1. */
    readonly distance: number;
  } | null;
}

/** What was trained on, and what is tested. */
export interface Sets {
  /** The images that training drew from. */
  readonly train: LabelledImages;
  /** Which of the training images the network was shown; all of them if left out. */
  readonly trainedOn?: ArrayLike<number> | null;
  /** The images that were classified. */
  readonly test: LabelledImages;
}

/**
 * Those whose right class has the smallest probability, the worst first.
 *
 * @param predictions of the images of `test`
 * @param most how many at most
 */
export function worstMistakes(
  predictions: Predictions,
  { train, trainedOn = null, test }: Sets,
  most: number,
): readonly WorstMistake[] {
  const { count, classes, probabilities, guesses, labels } = predictions;
  const ofRight = (n: number): number => probabilities[n * classes + labels[n]!]!;
  const wrong = Array.from({ length: count }, (_, n) => n).filter((n) => guesses[n] !== labels[n]);
  wrong.sort((a, b) => ofRight(a) - ofRight(b) || a - b);
  return wrong.slice(0, most).map((index) => ({
    index,
    label: labels[index]!,
    guess: guesses[index]!,
    nearest: nearestOf({ train, trainedOn }, pixelsOf(test, index), labels[index]!),
  }));
}

/** Channels, rows and columns of an image, as bytes. */
export function pixelsOf({ images }: LabelledImages, index: number): Uint8Array {
  const { channels = 1, height, width, pixels } = images;
  const size = channels * height * width;
  return pixels.subarray(index * size, (index + 1) * size);
}

function nearestOf(
  { train, trainedOn }: Pick<Sets, "train" | "trainedOn">,
  image: Uint8Array,
  label: number,
): WorstMistake["nearest"] {
  const { pixels } = train.images;
  const size = image.length;
  let [best, least] = [-1, Infinity];
  for (let i = 0; i < (trainedOn?.length ?? train.images.count); i++) {
    const n = trainedOn?.[i] ?? i;
    if (train.labels[n] !== label) continue;
    let sum = 0;
    for (let p = 0, from = n * size; p < size && sum < least; p++) {
      const difference = image[p]! - pixels[from + p]!;
      sum += difference * difference;
    }
    if (sum < least) [best, least] = [n, sum];
  }
  return best < 0 ? null : { index: best, distance: Math.sqrt(least) / 255 };
}
