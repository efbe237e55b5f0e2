/** How much batch normalisation forgives: wrong initial weights, and wrong rates. */
import { affine, batchNorm1d, relu } from "../network/index.js";
import { sgd } from "../training/index.js";
import { experiment, seedsUpTo, type Unit } from "./experiment.js";
import type { Scale } from "./laboratory.js";
import {
  findings,
  type Options,
  type Values,
  verdict,
  WITH,
  WITHOUT,
} from "./findings/batch-norm.js";
import { heTimes } from "./parts/deviation.js";
import { drawnExamples } from "./parts/drawn-examples.js";
import { fullyConnected } from "./parts/fully-connected.js";
import { trainClassifier } from "./parts/train-classifier.js";

const HIDDEN = [64, 64, 64, 64];
const BATCH = 64;

interface Size {
  readonly seeds: number;
  readonly images: number;
  readonly factors: readonly number[];
  readonly rates: readonly number[];
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: {
    ...{ seeds: 5, images: 20_000 },
    factors: [0.01, 0.1, 0.3, 1, 3, 10],
    rates: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
  },
  quick: { seeds: 2, images: 3_000, factors: [0.1, 1, 10], rates: [0.03, 0.3] },
  tiny: { seeds: 1, images: 64, factors: [1], rates: [0.1] },
};

export const batchNorm = experiment<Options, Values>({
  name: "batch-norm",
  question:
    "What does batch normalisation buy: a better network, or one that forgives wrong initial " +
    "weights and wrong rates?",
  prediction:
    "It forgives. At the best rate and He's weights both reach 94 to 96 % after an epoch, the " +
    "normalised one less than two points more. Off the best place the plain network falls to " +
    "chance: at a tenth of He's deviation or ten times it, and at rates of 1 and more. With " +
    "normalisation four fifths of the grid reach 80 % against a third without: the factor hardly " +
    "matters upward, since what follows is divided by its deviation; large weights only make the " +
    "steps relatively small, so high factors want high rates. Rates up to 1 work.",
  method:
    "Fully connected, four hidden layers of 64 with relu; batch normalisation between the affine " +
    "layer and its relu, or nothing. Weights are those that He's rule draws, times a factor; " +
    "biases start at 0. One epoch of 20,000 images in batches of 64, SGD without momentum. Every " +
    "pair of 6 factors and 7 rates, 5 seeds, all test images. A run whose loss was no longer " +
    "finite counts as one that guesses, 10 %. Differences are paired by seed, with Student's " +
    "interval at 95 %.",
  units(_done, scale) {
    const { seeds, images, factors, rates } = sizes[scale];
    return [false, true].flatMap((isNormalised) =>
      factors.flatMap((factor) =>
        rates.flatMap((learningRate) =>
          seedsUpTo(seeds).map(
            (seed): Unit<Options> => ({
              setting: settingName(isNormalised, factor, learningRate),
              seed,
              options: { isNormalised, factor, learningRate, images },
            }),
          ),
        ),
      ),
    );
  },
  async measure({ seed, options }, laboratory) {
    const { isNormalised, factor, learningRate, images } = options;
    const { curves } = await trainClassifier(
      {
        network: fullyConnected(HIDDEN, (outFeatures, i) => ({
          [`affine${i}`]: affine({ outFeatures }),
          ...(isNormalised && { [`norm${i}`]: batchNorm1d() }),
          [`relu${i}`]: relu(),
        })),
        ...drawnExamples(images, false, seed, laboratory),
        optimizer: sgd({ learningRate }),
        ...{ epochs: 1, batchSize: BATCH, initialiser: heTimes(factor) },
      },
      seed,
      laboratory,
    );
    const { testAccuracy, stopped } = curves;
    return { testAccuracy: testAccuracy[0] ?? null, stopped };
  },
  findings,
  verdict,
});

function settingName(isNormalised: boolean, factor: number, learningRate: number): string {
  return `${isNormalised ? WITH : WITHOUT}, factor ${factor}, rate ${learningRate}`;
}
