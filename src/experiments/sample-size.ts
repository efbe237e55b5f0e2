/** How many images a network needs, with neighbourhood built in and without. */
import { drawSubset } from "../data/index.js";
import { Random } from "../tensor/index.js";
import { adam } from "../training/index.js";
import { experiment, seedsUpTo, type Unit } from "./experiment.js";
import type { Laboratory, Scale } from "./laboratory.js";
import {
  findings,
  type Options,
  settingName,
  type Values,
  verdict,
} from "./findings/sample-size.js";
import { cnnAndMlp } from "./parts/plain-mlp.js";
import { repeated } from "./parts/repeated.js";
import { trainClassifier } from "./parts/train-classifier.js";

const BATCH = 100;

interface Size {
  readonly seeds: number;
  readonly steps: number;
  readonly images: readonly number[];
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: {
    ...{ seeds: 5, steps: 1800 },
    images: [100, 300, 1000, 3000, 10_000, 30_000, 60_000],
  },
  quick: { seeds: 2, steps: 300, images: [100, 1000, 10_000] },
  tiny: { seeds: 1, steps: 3, images: [100, 300] },
};

export const sampleSize = experiment<Options, Values>({
  name: "sample-size",
  question:
    "A network that knows which pixels are neighbours need not learn it. How many images does " +
    "that save?",
  prediction:
    "The convolutional network makes fewer errors with any number of images; the ratio of the " +
    "two errors grows from about 0.75 with 100 images (22 % against 29 %) to 0.5 with 60,000 " +
    "(1.1 % against 2.2 %). On log axes both curves are nearly straight, with slopes of −0.45 " +
    "and −0.4; the fully connected network needs about three times as many images for the same " +
    "error.",
  method:
    "The notes' network and one of 784 → 128 → 10 features, with as many parameters, trained on " +
    "100 to 60,000 images drawn for each seed, the same for both and each set part of the next " +
    "larger one. In any case 1,800 steps of 100 images, which are passed through in random " +
    "order again and again; Adam at 1e-3 without decay; nothing is chosen by the number of " +
    "images. 5 seeds, all test images; ratios are paired by seed, with Student's interval at 95 " +
    "%.",
  units(_done, scale) {
    const { seeds, steps, images: counts } = sizes[scale];
    return counts.flatMap((images) =>
      Object.keys(cnnAndMlp).flatMap((network) =>
        seedsUpTo(seeds).map(
          (seed): Unit<Options> => ({
            setting: settingName(network, images),
            seed,
            options: { network, images, steps },
          }),
        ),
      ),
    );
  },
  measure,
  findings,
  verdict,
});

async function measure(
  { seed, options: { network, images, steps } }: Unit<Options>,
  laboratory: Laboratory,
): Promise<Values> {
  const { train, test } = laboratory.mnist;
  const random = new Random(seed);
  const drawn = train.gather(drawSubset(train.count, images, random.split("subset")));
  const { curves } = await trainClassifier(
    {
      network: cnnAndMlp[network]!,
      data: repeated(drawn, steps * BATCH, random.split("passes")),
      test,
      optimizer: adam({ learningRate: 1e-3 }),
      ...{ epochs: 1, batchSize: BATCH, shuffle: false },
    },
    seed,
    laboratory,
  );
  const { trainLoss, trainAccuracy, testLoss, testAccuracy } = curves;
  return {
    trainLoss: trainLoss[0]!,
    trainAccuracy: trainAccuracy[0]!,
    testLoss: testLoss[0]!,
    testAccuracy: testAccuracy[0]!,
  };
}
