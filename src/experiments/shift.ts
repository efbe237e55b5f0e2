/** Whether features stay as they are when the picture moves a little, and what does it. */
import { Random } from "../tensor/index.js";
import { adam } from "../training/index.js";
import { experiment, seedsUpTo, type Unit } from "./experiment.js";
import type { Laboratory, Scale } from "./laboratory.js";
import { findings, inColour, type Options, type Values, verdict } from "./findings/shift.js";
import { aFewImages } from "./parts/changed-images.js";
import { drawColours, pooledColourDigits } from "./parts/coloured-digits.js";
import {
  changeOfPooled,
  changesByAPixel,
  movedAccuracies,
  movedDataset,
} from "./parts/moved-pictures.js";
import { colourNetwork, colourPools, networks } from "./parts/shift-networks.js";
import { trainClassifier } from "./parts/train-classifier.js";

interface Size extends Omit<Options, "network" | "pool"> {
  readonly seeds: number;
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: { seeds: 5, epochs: 3, images: 60_000, moved: 2000, observed: 200, farthest: 8 },
  quick: { seeds: 2, epochs: 1, images: 10_000, moved: 500, observed: 50, farthest: 8 },
  tiny: { seeds: 1, epochs: 1, images: 128, moved: 20, observed: 5, farthest: 1 },
};

export const shift = experiment<Options, Values>({
  name: "shift",
  question:
    "Pooling is said to make features that hardly change when the picture moves a little. Is " +
    "that so, is it max pooling that does it, and would a pooling that merges the channels of a " +
    "colour picture lose it?",
  prediction:
    "Moved by 2 pixels, networks with max and with average pooling still read 95 % of the " +
    "digits, strided ones 92 %, the one without pooling 88 %, the fully connected one 80 %; by " +
    "4 pixels about 60, 60, 45, 40 and 25 %: pooling helps for as many pixels as it pools, no " +
    "more. When a picture moves by one pixel, it changes by about 70 % (relative L2), and so " +
    "does what the first convolution makes of it; max pooling takes that to 55 %, average " +
    "pooling, which blurs, to less, 45 %; in the logits about 20 % is left. In colour, a pool " +
    "that merges the channels is no less robust than one that keeps them: its output changes as " +
    "much, within a tenth. What it loses is colour: where ink and ground are equally bright, " +
    "the digit is gone, so it reads several per cent fewer digits, moved or not.",
  method:
    "The notes' network (102,130 parameters); the same with average pooling; with 3×3 " +
    "convolutions of stride 2 and 84 hidden units (102,502); without pooling, with 4 maps in " +
    "place of 32 and 44 hidden units (102,610); and 784 → 128 → 10 (101,770). Adam at 1e-3, " +
    "batches of 128, 3 epochs of 60,000 images that are not moved, 5 seeds. Then 2,000 drawn " +
    "test images, the same for all, moved by 0 to 8 pixels in eight directions, diagonally by " +
    "as many in both; what leaves is lost, and black comes in. Changes of layers: √(Σ‖f(moved) " +
    "− f(x)‖² / Σ‖f(x)‖²) over 200 images and 8 directions. Colour: MNIST has none, so ink and " +
    "ground are drawn for each image, at least 0.5 apart in RGB; a 2×2 pool, of the channels " +
    "apart or together, is the first layer, then come the notes' layers, but for the second " +
    "pool; the change of what is pooled is measured against its contrast, its distance from its " +
    "mean.",
  units(_done, scale) {
    const { seeds, ...size } = sizes[scale];
    const settings = [
      ...Object.keys(networks).map((network) => ({ network, pool: null })),
      ...Object.keys(colourPools).map((pool) => ({ network: null, pool })),
    ];
    return settings.flatMap((setting) =>
      seedsUpTo(seeds).map(
        (seed): Unit<Options> => ({
          setting: setting.network ?? inColour(setting.pool!),
          seed,
          options: { ...setting, ...size },
        }),
      ),
    );
  },
  measure: (unit, laboratory) =>
    unit.options.pool === null ? measureGray(unit, laboratory) : measureColour(unit, laboratory),
  findings,
  verdict,
});

async function measureGray(
  { seed, options: { network, epochs, images, moved, observed, farthest } }: Unit<Options>,
  laboratory: Laboratory,
): Promise<Values> {
  const { mnist, backend } = laboratory;
  const { train, test } = mnist;
  const some = aFewImages(test, moved);
  const look = changesByAPixel(aFewImages(test, observed));
  let changesBefore: readonly number[] = [];
  const { found } = await trainClassifier(
    {
      network: networks[network!]!,
      data: images < train.count ? aFewImages(train, images) : train,
      test,
      ...training(epochs),
      onEpoch: async (built, epoch) => {
        if (epoch < 0) ({ changes: changesBefore } = await look(built, laboratory));
      },
    },
    seed,
    laboratory,
    async (built) => ({
      accuracy: await movedAccuracies(built, laboratory, farthest, (dH, dW) =>
        movedDataset(some, dH, dW),
      ),
      ...(await look(built, { backend })),
    }),
  );
  return { ...found, changesBefore, pooledChange: null };
}

function training(epochs: number) {
  return { optimizer: adam({ learningRate: 1e-3 }), epochs, batchSize: 128 };
}

async function measureColour(
  { seed, options: { pool: name, epochs, images, moved, observed, farthest } }: Unit<Options>,
  laboratory: Laboratory,
): Promise<Values> {
  const { train, test } = laboratory.mnist;
  const pool = colourPools[name!]!;
  const random = new Random("colours");
  const seen = images < train.count ? aFewImages(train, images) : train;
  const some = aFewImages(test, moved);
  const inks = drawColours(moved, random.split("test"));
  const { found } = await trainClassifier(
    {
      network: colourNetwork(pool),
      data: pooledColourDigits(seen, drawColours(images, random.split("train")), pool),
      test: pooledColourDigits(some, inks, pool),
      ...training(epochs),
    },
    seed,
    laboratory,
    (built) =>
      movedAccuracies(built, laboratory, farthest, (dH, dW) =>
        pooledColourDigits(movedDataset(some, dH, dW), inks, pool),
      ),
  );
  const pooledChange = changeOfPooled(aFewImages(test, observed), inks, pool);
  return { accuracy: found, layers: [], changesBefore: [], changes: [], pooledChange };
}
