/** Whether features stay as they are when the picture moves a little, and what does it. */
import { ImageDataset } from "../data/index.js";
import {
  affine,
  averagePool2d,
  conv2d,
  flatten,
  type LayerDescriptions,
  type NetworkDescription,
  notebookDescription,
  relu,
  type Sequential,
} from "../network/index.js";
import { Random, type Tensor } from "../tensor/index.js";
import { accuracy, adam, measure as measureNetwork } from "../training/index.js";
import { softmaxCrossEntropy } from "../backprop/index.js";
import { aFewImages, movedImages } from "./changed-images.js";
import {
  type ColourPool,
  type Colours,
  drawColours,
  pooledColourDigits,
} from "./coloured-digits.js";
import { experiment, seedsUpTo, type Unit } from "./experiment.js";
import type { Laboratory, Scale } from "./laboratory.js";
import { layerChanges } from "./layer-change.js";
import { plainMlp } from "./plain-mlp.js";
import { trainClassifier } from "./train-classifier.js";

/** The notes' network, and others whose maps become smaller in another way, or do not. */
const networks: Readonly<Record<string, NetworkDescription>> = {
  "max pooling": notebookDescription,
  "average pooling": {
    ...notebookDescription,
    layers: {
      ...notebookDescription.layers,
      pool1: averagePool2d({ kernelSize: 2 }),
      pool2: averagePool2d({ kernelSize: 2 }),
    },
  },
  // 28 → 13 → 6, so 1,152 inputs of affine1; 102,502 parameters
  "strided convolution": withoutPools({ stride: 2, maps: 32, hidden: 84 }),
  // 28 → 26 → 24, so 2,304 inputs of affine1; 102,610 parameters
  "no pooling": withoutPools({ stride: 1, maps: 4, hidden: 44 }),
  mlp: plainMlp,
};

const colourPools: Readonly<Record<string, ColourPool>> = {
  "largest, channels kept": { takes: "largest", keepsChannels: true },
  "largest, channels merged": { takes: "largest", keepsChannels: false },
  "mean, channels kept": { takes: "mean", keepsChannels: true },
  "mean, channels merged": { takes: "mean", keepsChannels: false },
};

/** As [down, right], times the distance in pixels. */
const DIRECTIONS = [
  ...[[-1, 0] as const, [-1, 1] as const, [0, 1] as const, [1, 1] as const],
  ...[[1, 0] as const, [1, -1] as const, [0, -1] as const, [-1, -1] as const],
];

interface Size {
  readonly seeds: number;
  readonly epochs: number;
  readonly images: number;
  /** Test images that are moved, and those of which every layer is looked at. */
  readonly moved: number;
  readonly observed: number;
  readonly farthest: number;
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: { seeds: 5, epochs: 3, images: 60_000, moved: 2000, observed: 200, farthest: 8 },
  quick: { seeds: 2, epochs: 1, images: 10_000, moved: 500, observed: 50, farthest: 8 },
  tiny: { seeds: 1, epochs: 1, images: 128, moved: 20, observed: 5, farthest: 1 },
};

interface Options extends Omit<Size, "seeds"> {
  /** One of {@link networks}, or of {@link colourPools}. */
  readonly network: string | null;
  readonly pool: string | null;
}

interface Values {
  /** For each distance from 0 on, of each direction; of the images as they are, one number. */
  readonly accuracy: readonly (readonly number[])[];
  /** Of the layers before training and after it, when the picture moves by a pixel. */
  readonly layers: readonly string[];
  readonly changesBefore: readonly number[];
  readonly changes: readonly number[];
  /** For colours: how the pooled picture changes, as a share of its contrast. */
  readonly pooledChange: number | null;
}

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
          setting: setting.network ?? `colour: ${setting.pool}`,
          seed,
          options: { ...setting, ...size },
        }),
      ),
    );
  },
  measure: (unit, laboratory) =>
    unit.options.pool === null ? measureGray(unit, laboratory) : measureColour(unit, laboratory),
  findings: () => ({ tables: [], figures: [] }),
  verdict: null,
});

function withoutPools(sizes: {
  readonly stride: number;
  readonly maps: number;
  readonly hidden: number;
}): NetworkDescription {
  const { stride, maps, hidden } = sizes;
  return {
    input: [1, 28, 28],
    layers: {
      conv1: conv2d({ outChannels: 16, kernelSize: 3, stride }),
      relu1: relu(),
      conv2: conv2d({ outChannels: maps, kernelSize: 3, stride }),
      relu2: relu(),
      ...classifying(hidden),
    },
  };
}

function classifying(hidden: number): LayerDescriptions {
  return {
    flatten: flatten(),
    affine1: affine({ outFeatures: hidden }),
    relu3: relu(),
    affine2: affine({ outFeatures: 10 }),
  };
}

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

function movedDataset({ images, labels }: ImageDataset, dH: number, dW: number): ImageDataset {
  return new ImageDataset({ images: movedImages(images, dH, dW), labels });
}

function wholeBatch(all: {
  count: number;
  batch: (i: ArrayLike<number>) => { x: Tensor };
}): Tensor {
  return all.batch(Array.from({ length: all.count }, (_, i) => i)).x;
}

/** Of the layers, when the pictures move by a pixel. */
function changesByAPixel(images: ImageDataset) {
  return (network: Sequential, { backend }: Pick<Laboratory, "backend">) =>
    layerChanges(
      network,
      wholeBatch(images),
      DIRECTIONS.map(([dH, dW]) => wholeBatch(movedDataset(images, dH, dW))),
      backend,
    );
}

async function movedAccuracies(
  network: Sequential,
  { backend, stop }: Laboratory,
  farthest: number,
  moved: (dH: number, dW: number) => ImageDataset | ReturnType<typeof pooledColourDigits>,
): Promise<number[][]> {
  const byDistance: number[][] = [];
  for (let distance = 0; distance <= farthest; distance++) {
    const directions = distance === 0 ? DIRECTIONS.slice(0, 1) : DIRECTIONS;
    byDistance.push([]);
    for (const [dH, dW] of directions) {
      stop?.throwIfAborted();
      const data = moved(distance * dH, distance * dW);
      const loss = softmaxCrossEntropy();
      const { metrics } = await measureNetwork(network, {
        ...{ backend, data, loss, metrics: { accuracy } },
      });
      byDistance[distance]!.push(metrics["accuracy"]!);
    }
  }
  return byDistance;
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

/** The notes' layers, behind a pool that stands before them. */
function colourNetwork({ keepsChannels }: ColourPool): NetworkDescription {
  const { conv1, relu1, pool1, conv2, relu2 } = notebookDescription.layers;
  return {
    input: [keepsChannels ? 3 : 1, 14, 14],
    layers: {
      ...{ conv1: conv1!, relu1: relu1!, pool1: pool1!, conv2: conv2!, relu2: relu2! },
      ...classifying(120),
    },
  };
}

/** When the digits move by a pixel: √(Σ‖f(moved) − f(x)‖² / Σ‖f(x) − its mean‖²). */
function changeOfPooled(digits: ImageDataset, colours: Colours, pool: ColourPool): number {
  const pooled = (images: ImageDataset): Tensor =>
    wholeBatch(pooledColourDigits(images, colours, pool));
  const x = pooled(digits);
  let [changes, contrast] = [0, 0];
  for (const [dH, dW] of DIRECTIONS) {
    const moved = pooled(movedDataset(digits, dH, dW)).data;
    for (let i = 0; i < moved.length; i++)
      changes += (moved[i]! - x.data[i]!) * (moved[i]! - x.data[i]!);
  }
  const area = x.shape[2]! * x.shape[3]!;
  for (let from = 0; from < x.size; from += area) {
    const plane = x.data.subarray(from, from + area);
    let mean = 0;
    for (const value of plane) mean += value / area;
    for (const value of plane) contrast += (value - mean) * (value - mean);
  }
  return Math.sqrt(changes / (DIRECTIONS.length * contrast));
}
