/** Whether an affine layer finds out by itself that a feature comes from nearby pixels. */
import { meanSquaredError } from "../backprop/index.js";
import { type Dataset, ImageDataset } from "../data/index.js";
import {
  affine,
  buildNetwork,
  conv2d,
  flatten,
  type NetworkDescription,
  type Sequential,
} from "../network/index.js";
import { Random, type Tensor } from "../tensor/index.js";
import { adam, cosine, fit, measure as measureNetwork } from "../training/index.js";
import { experiment, seedsUpTo, type Unit } from "./experiment.js";
import { type Laboratory, type Scale, validationSplit } from "./laboratory.js";
import {
  bestRate,
  finalName,
  findings,
  type Layer,
  LAYERS,
  type Options,
  pictures,
  type Values,
  verdict,
} from "./findings/affine-learns-sobel.js";
import { aFewImages } from "./parts/changed-images.js";
import { repeated } from "./parts/repeated.js";
import { aroundTheMiddle, insideShare, noise, OUT, SIDE, withSobel } from "./parts/sobel-task.js";

const BATCH = 64;
/** Errors are measured with one in ten of the test images. */
const ONE_IN = 10;

const layers: Readonly<Record<Layer, NetworkDescription>> = {
  affine: {
    input: [1, SIDE, SIDE],
    layers: { flatten: flatten(), affine: affine({ outFeatures: OUT * OUT }) },
  },
  convolution: {
    input: [1, SIDE, SIDE],
    layers: { conv: conv2d({ outChannels: 1, kernelSize: 3 }), flatten: flatten() },
  },
};
const RATES = [1e-3, 3e-3, 1e-2, 3e-2, 1e-1];

interface Size {
  readonly seeds: number;
  readonly steps: number;
  readonly images: readonly number[];
  readonly rates: readonly number[];
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: { seeds: 5, steps: 1000, images: [100, 500, 2500, 12_500, 60_000], rates: RATES },
  quick: { seeds: 1, steps: 300, images: [100, 2500], rates: [1e-2] },
  tiny: { seeds: 1, steps: 3, images: [64], rates: [1e-3] },
};

export const affineLearnsSobel = experiment<Options, Values>({
  name: "affine-learns-sobel",
  question:
    "“If learning goes very well, a feature that respects the shape might come out by itself, " +
    "but it is hard.” How many images does an affine layer need to become Sobel's filter, when " +
    "it is shown its output for each?",
  prediction:
    "A 3×3 convolution has it from 100 images, to an error below 1e-4 of the feature's " +
    "variance. The affine layer has 784 weights for each pixel that it puts out, so with noise " +
    "it needs more images than inputs: an error near 1 up to 500 images, 0.2 with 2,500, below " +
    "0.05 only with 12,500, where 90 % of |W|² lie in the window. With digits the error on new " +
    "digits is far lower, about 0.05 with 2,500 of them, but it has not become the filter: " +
    "neighbouring pixels are alike and the margin is always black, so less than half of |W|² " +
    "lies in the window (1.1 % when it starts), and on noise it fails, with an error above 1.",
  method:
    "One affine layer 784 → 676, or one 3×3 convolution with ten parameters, is shown the " +
    "output of Sobel's filter (horizontal) for 100 to 60,000 images, digits of MNIST or even " +
    "noise in [0, 1]. Mean squared error, Adam, a rate that falls to 0 by a cosine, 1,000 steps " +
    "of 64 images in any case, PyTorch's initial weights. The rate at the start, of five, is " +
    "chosen for each layer and kind of picture with the most images, by images that are neither " +
    "trained with nor measured (the last training images, other noise), one seed. Errors are " +
    "those on 1,000 unseen images, divided by the variance of the feature: 1 is as good as " +
    "always saying its mean. 5 seeds, which draw weights, images and noise.",
  units(done, scale) {
    const size = sizes[scale];
    const pairs = LAYERS.flatMap((layer) => pictures.map((kind) => [layer, kind] as const));
    const searches = pairs.flatMap(([layer, kind]) => searchUnits(size, layer, kind));
    const isDone = ({ setting }: Unit<Options>): boolean =>
      done.some((one) => one.setting === setting);
    if (!searches.every(isDone)) return searches;
    const finals = pairs.flatMap(([layer, kind]) =>
      finalUnits(size, layer, kind, bestRate(done, layer, kind)),
    );
    return [...searches, ...finals];
  },
  measure,
  findings,
  verdict,
});

function searchUnits({ steps, images, rates }: Size, layer: Layer, kind: string): Unit<Options>[] {
  return rates.map((learningRate) => ({
    setting: `search: ${layer}, ${kind}, rate ${learningRate}`,
    seed: 0,
    options: {
      ...{ stage: "search", layer, pictures: kind, learningRate, steps },
      images: Math.max(...images),
    },
  }));
}

function finalUnits(
  { seeds, steps, images }: Size,
  layer: Layer,
  kind: string,
  learningRate: number,
): Unit<Options>[] {
  return images.flatMap((count) =>
    seedsUpTo(seeds).map((seed) => ({
      setting: finalName(layer, kind, count),
      seed,
      options: { stage: "final", layer, pictures: kind, images: count, learningRate, steps },
    })),
  );
}

async function measure(
  { seed, options }: Unit<Options>,
  { backend, mnist, progress, stop }: Laboratory,
): Promise<Values> {
  const { stage, layer, pictures: kind, images, learningRate, steps } = options;
  const random = new Random(seed);
  const isSearch = stage === "search";
  const digits = isSearch ? validationSplit(mnist) : { train: mnist.train, validation: mnist.test };
  const order = random.split("subset").permutation(digits.train.count).slice(0, images);
  const examples = kind === "digits" ? digits.train.gather(order) : noise(images, random);
  const network = buildNetwork(layers[layer], {
    storage: { allocator: backend.persistent },
    random: random.split("initial weights"),
  });
  try {
    const insideBefore = insideShare(layer, network);
    const loss = meanSquaredError();
    for await (const event of fit(network, {
      data: repeated(withSobel(examples), steps * BATCH, random.split("passes")),
      ...{ backend, loss, random, stop, optimizer: adam({ learningRate }), schedule: cosine({}) },
      ...{ epochs: 1, batchSize: BATCH, shuffle: false },
    }))
      if (event.type === "step") progress(event.step / event.steps);
    const error = (data: Dataset): Promise<number> => relativeError(network, data, backend);
    const unseen = Math.floor(digits.validation.count / ONE_IN);
    return {
      digitsError: await error(unseenDigits(digits.validation, unseen)),
      noiseError: await error(noise(unseen, new Random(isSearch ? "tried" : "unseen"))),
      insideBefore,
      inside: insideShare(layer, network),
      weights: aroundTheMiddle(layer, network),
    };
  } finally {
    network.dispose();
  }
}

function unseenDigits(all: Dataset, count: number): Dataset {
  if (all instanceof ImageDataset) return aFewImages(all, count);
  return all.gather(Array.from({ length: count }, (_, i) => i));
}

async function relativeError(
  network: Sequential,
  images: Dataset,
  backend: Laboratory["backend"],
): Promise<number> {
  const data = withSobel(images);
  const { target } = data.batch(Array.from({ length: data.count }, (_, i) => i));
  const values = (target as Tensor).data;
  let [total, squares] = [0, 0];
  for (const value of values) {
    total += value;
    squares += value * value;
  }
  const mean = total / values.length;
  const { loss } = await measureNetwork(network, { backend, data, loss: meanSquaredError() });
  return loss / (squares / values.length - mean * mean);
}
