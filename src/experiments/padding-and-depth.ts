/** What padding is for: how small images become in deep stacks, and what that costs. */
import { drawSubset } from "../data/index.js";
import { he } from "../network/index.js";
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
} from "./findings/padding-and-depth.js";
import { halvings, mapSizes, stackOfConvolutions } from "./parts/stacks.js";
import { trainClassifier } from "./parts/train-classifier.js";

interface Size {
  readonly seeds: number;
  readonly epochs: number;
  readonly images: number;
  /** Of stacks that are not halved. */
  readonly depths: readonly number[];
  readonly deepest: number;
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: { seeds: 5, epochs: 1, images: 15_000, depths: [1, 3, 5, 8, 11, 13], deepest: 5 },
  quick: { seeds: 1, epochs: 1, images: 3000, depths: [1, 4, 8, 12], deepest: 4 },
  tiny: { seeds: 1, epochs: 1, images: 64, depths: [1, 4], deepest: 1 },
};

export const paddingAndDepth = experiment<Options, Values>({
  name: "padding-and-depth",
  question:
    "Without padding each 3×3 convolution takes two rows and columns away, a stride of 2 or a " +
    "pooling half of them. How deep can a stack become, and does what is left suffice?",
  prediction:
    "By (7.1) 13 unpadded convolutions leave 2×2 of 28×28 pixels and a 14th has no place; with " +
    "a stride of 2 or a pooling, three is the end. Accuracy suffers later than sizes suggest: " +
    "with and without padding the networks are within 0.5 percentage points of each other up to " +
    "a depth of 8 (12×12 left), since the digits' margin is black and the last maps still see " +
    "all of the image; at 13 the unpadded one, with 32 numbers left, is 1 to 2 points worse. " +
    "Depth itself helps up to about 6. With halving, the padded stacks are best at a depth of " +
    "3, and lose a point or two when they go on to a single pixel.",
  method:
    "28×28 images; 1 to 13 convolutions of 3×3 with 8 channels, each followed by a rectifier, " +
    "then one affine layer to ten classes, which has fewer inputs where maps are smaller: that " +
    "is part of what padding does, and the table gives the number of parameters. With a padding " +
    "of 1 and without; with a stride of 1, with a stride of 2, or with a 2×2 max pooling after " +
    "each convolution, as deep as there is room, at most 5. Weights by He's rule, which keeps " +
    "the variance through a deep stack; Adam at 1e-3, batches of 32, one epoch of 15,000 " +
    "images, 5 seeds, all test images. Intervals are Student's, at 95 %, paired by seed for " +
    "differences.",
  units(_done, scale) {
    const { seeds, epochs, images, depths, deepest } = sizes[scale];
    const halved = Array.from({ length: deepest }, (_, i) => i + 1);
    return halvings.flatMap((halving) =>
      [1, 0].flatMap((padding) =>
        (halving === "none" ? depths : halved)
          .filter((depth) => mapSizes({ halving, padding, depth }).length === depth)
          .flatMap((depth) =>
            seedsUpTo(seeds).map(
              (seed): Unit<Options> => ({
                setting: settingName({ halving, padding, depth }),
                seed,
                options: { halving, padding, depth, epochs, images },
              }),
            ),
          ),
      ),
    );
  },
  measure,
  findings,
  verdict,
});

async function measure({ seed, options }: Unit<Options>, laboratory: Laboratory): Promise<Values> {
  const { train, test } = laboratory.mnist;
  const drawn = drawSubset(train.count, options.images, new Random(seed).split("subset"));
  const { curves, found: parameters } = await trainClassifier(
    {
      network: stackOfConvolutions(options),
      data: train.gather(drawn),
      test,
      initialiser: he,
      optimizer: adam({ learningRate: 1e-3 }),
      ...{ epochs: options.epochs, batchSize: 32 },
    },
    seed,
    laboratory,
    (network) => network.parameters.reduce((sum, { parameter }) => sum + parameter.value.size, 0),
  );
  const { testAccuracy, testLoss } = curves;
  return { testAccuracy, testLoss, sizes: mapSizes(options), parameters };
}
