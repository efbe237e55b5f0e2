/** Whether an affine layer finds out by itself that a feature comes from nearby pixels. */
import { meanSquaredError } from "../backprop/index.js";
import { type Dataset, ImageDataset } from "../data/index.js";
import { type Axis, formatNumber, lineChart, pictures as drawPictures } from "../figures/index.js";
import {
  affine,
  buildNetwork,
  conv2d,
  flatten,
  type NetworkDescription,
  type Sequential,
} from "../network/index.js";
import { meanOf } from "../statistics/index.js";
import { Random, type Tensor } from "../tensor/index.js";
import { adam, cosine, fit, measure as measureNetwork } from "../training/index.js";
import { aFewImages } from "./parts/changed-images.js";
import {
  CHART_WIDTH,
  experiment,
  type Figure,
  type Findings,
  type Measurement,
  ofSetting,
  seedsUpTo,
  type Table,
  type Unit,
  type Verdict,
} from "./experiment.js";
import { type Laboratory, type Scale, validationSplit } from "./laboratory.js";
import { repeated } from "./parts/repeated.js";
import { aroundTheMiddle, insideShare, noise, OUT, SIDE, withSobel } from "./parts/sobel-task.js";
import { runsSeries, summaryOf } from "./parts/summary.js";
import { expectedOrNot } from "./parts/expected.js";
import { percent, shareWithInterval } from "./parts/words.js";

const BATCH = 64;
/** Errors are measured with one in ten of the test images. */
const ONE_IN = 10;

const layers: Readonly<Record<string, NetworkDescription>> = {
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
const pictures = ["digits", "noise"];

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

interface Options {
  /** "search" or "final". */
  readonly stage: string;
  /** One of {@link layers}. */
  readonly layer: string;
  /** One of {@link pictures}. */
  readonly pictures: string;
  readonly images: number;
  readonly learningRate: number;
  readonly steps: number;
}

interface Values {
  /** Mean squared error on unseen images of each kind, over the variance of Sobel's feature. */
  readonly digitsError: number;
  readonly noiseError: number;
  /** Of |W|²: how much lies where Sobel's filter has its window, before training and after it. */
  readonly insideBefore: number;
  readonly inside: number;
  /** The weights of one feature in the middle, those around its window: 9×9, row by row. */
  readonly weights: readonly number[];
}

type Done = Measurement<Options, Values>;

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
    const pairs = Object.keys(layers).flatMap((layer) => pictures.map((kind) => [layer, kind]));
    const searches = pairs.flatMap(([layer, kind]) => searchUnits(size, layer!, kind!));
    const isDone = ({ setting }: Unit<Options>): boolean =>
      done.some((one) => one.setting === setting);
    if (!searches.every(isDone)) return searches;
    const finals = pairs.flatMap(([layer, kind]) =>
      finalUnits(size, layer!, kind!, bestRate(done, layer!, kind!)),
    );
    return [...searches, ...finals];
  },
  measure,
  findings,
  verdict,
});

const finalName = (layer: string, kind: string, images: number): string =>
  `${layer}, ${images.toLocaleString("en-US")} images of ${kind}`;

/** What is trained with what. */
const lines = Object.keys(layers).flatMap((layer) => pictures.map((kind) => ({ layer, kind })));
type Line = (typeof lines)[number];

function runsOf(measured: readonly Done[], { layer, kind }: Line, images: number): Values[] {
  return ofSetting(measured, finalName(layer, kind, images)).map(({ values }) => values);
}

function countsOf(measured: readonly Done[]): number[] {
  const finals = measured.filter(({ options }) => options.stage === "final");
  return [...new Set(finals.map(({ options }) => options.images))];
}

/** On unseen pictures of the kind that was trained with. */
const ownError = ({ kind }: Line, values: Values): number =>
  kind === "digits" ? values.digitsError : values.noiseError;
const otherError = ({ kind }: Line, values: Values): number =>
  kind === "digits" ? values.noiseError : values.digitsError;

function findings(measured: readonly Done[]): Findings {
  return {
    tables: [errorTable(measured), rateTable(measured)],
    figures: [
      chart(measured, {
        ...{ file: "error.svg", title: "Error on unseen pictures of the same kind" },
        y: { label: "error, in variances of the feature", scale: "log" },
        value: ownError,
      }),
      chart(measured, {
        ...{ file: "window.svg", title: "Share of |W|² inside the window" },
        y: { label: "inside the 3×3 window", format: "percent" },
        value: (_, values) => values.inside,
      }),
      weightPictures(measured),
    ],
  };
}

function errorTable(measured: readonly Done[]): Table {
  return {
    caption:
      "Mean squared error on 1,000 unseen pictures of the same kind and of the other kind, in " +
      "variances of the feature, and the share of |W|² inside the 3×3 windows: means over the " +
      "seeds with Student's intervals at 95 %.",
    head: ["layer, pictures", "images", "error", "on the other kind", "inside"],
    rows: lines.flatMap((line) =>
      countsOf(measured).map((images) => {
        const runs = runsOf(measured, line, images);
        const numbers = (of: (line: Line, values: Values) => number): string => {
          const { mean, low, high } = summaryOf(runs.map((values) => of(line, values)));
          return `${formatNumber(mean)} [${formatNumber(Math.max(low, 0))}, ${formatNumber(high)}]`;
        };
        return [
          `${line.layer}, ${line.kind}`,
          images.toLocaleString("en-US"),
          numbers(ownError),
          numbers(otherError),
          shareWithInterval(runs.map(({ inside }) => inside)),
        ];
      }),
    ),
  };
}

function rateTable(measured: readonly Done[]): Table {
  return {
    caption: "Rates that other images chose.",
    head: ["layer, pictures", "rate"],
    rows: lines.map(({ layer, kind }) => [
      `${layer}, ${kind}`,
      `${bestRate(measured, layer, kind)}`,
    ]),
  };
}

function chart(
  measured: readonly Done[],
  {
    file,
    title,
    y,
    value,
  }: Pick<Figure, "file"> & {
    readonly title: string;
    readonly y: Axis;
    readonly value: (line: Line, values: Values) => number;
  },
): Figure {
  const counts = countsOf(measured);
  const series = lines.map((line) => {
    const columns = counts.map((images) => runsOf(measured, line, images));
    const runs = columns[0]!.map((_, seed) => columns.map((column) => value(line, column[seed]!)));
    return runsSeries(`${line.layer}, ${line.kind}`, counts, runs);
  });
  return {
    file,
    alt: `${title}, by the number of training pictures: a line for each layer and kind.`,
    svg: lineChart({
      ...{ title, width: CHART_WIDTH, y, series },
      description: "A line for each layer and kind of picture, and a thin one for each seed.",
      x: { label: "training pictures", scale: "log" },
    }),
  };
}

/** With the most images and the first seed. */
function weightPictures(measured: readonly Done[]): Figure {
  const images = Math.max(...countsOf(measured));
  const shown = lines.map((line) => ({
    caption: `${line.layer}, ${line.kind}`,
    shape: [9, 9],
    values: runsOf(measured, line, images)[0]!.weights,
  }));
  return {
    file: "weights.svg",
    alt: "The weights around the window of a feature in the middle; Sobel's filter in its centre.",
    svg: drawPictures({
      title: "Weights around the window of one feature",
      description: "Nine by nine weights; those of the window are in the middle.",
      ...{ width: 520, size: 110, kind: "signed", pictures: shown },
    }),
  };
}

/** Why the pixels that no digit reaches do not count for much. */
const WEAK_START =
  ", because weights of pixels that are always black, which nothing changes, are no larger than " +
  "the 1/28 up to which they were drawn, and Sobel's are 1 and 2";

function verdict(measured: readonly Done[]): Verdict {
  const counts = countsOf(measured);
  const [fewest, most] = [counts[0]!, counts.at(-1)!];
  const mean = (line: Line, images: number, of: (line: Line, values: Values) => number): number =>
    meanOf(runsOf(measured, line, images).map((values) => of(line, values)));
  const inside = (line: Line, images: number): number =>
    mean(line, images, (_, values) => values.inside);
  const [digits, noisy] = pictures.map((kind) => ({ layer: "affine", kind }));
  const convolution = { layer: "convolution", kind: "digits" };
  const written = (images: number): string => images.toLocaleString("en-US");
  const byCount = (line: Line): string =>
    counts
      .map((images) => `${formatNumber(mean(line, images, ownError), 2)} with ${written(images)}`)
      .join(", ");
  const small = mean(convolution, fewest, ownError);
  const outside = mean(digits!, most, otherError);
  const isFilter = inside(digits!, most) >= 0.5;
  return {
    shows:
      `A convolution's error is ${formatNumber(small, 2)} with ${written(fewest)} digits ` +
      `(below 1e-4: ${expectedOrNot(small < 1e-4)}). The affine layer's on new noise is ` +
      `${byCount(noisy!)} pictures (with 500, 2,500, 12,500, expected were 1, 0.2, 0.05), and ` +
      `then ${percent(inside(noisy!, most), 1)} of |W|² lie in the window. On new digits it is ` +
      `${byCount(digits!)} of them (with 2,500, expected was 0.05), and then ` +
      `${percent(inside(digits!, most), 0)} lie in the window (less than half: ` +
      `${expectedOrNot(!isFilter)}${isFilter ? WEAK_START : ""}). On noise that layer's error is ` +
      `${formatNumber(outside, 2)} (above 1: ${expectedOrNot(outside > 1)}): it says Sobel's ` +
      "feature of a digit, but it has not become the filter, which does so of any picture.",
    doesNotShow:
      "That such a feature would come out in a classifier, where nobody shows the layer what it " +
      "ought to be: this is the easiest case, and a convex one. In 1,000 steps no layer has " +
      "come to its optimum; with as many steps as one likes, noise would be enough as soon as " +
      "there are more pictures than the 785 unknowns of a feature. And |W|² counts weights of " +
      "pixels that are always black, which no digit can change from what they were drawn as.",
  };
}

function searchUnits({ steps, images, rates }: Size, layer: string, kind: string): Unit<Options>[] {
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
  layer: string,
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

function bestRate(done: readonly Done[], layer: string, kind: string): number {
  const error = ({ values }: Done): number =>
    kind === "digits" ? values.digitsError : values.noiseError;
  const tried = done.filter(
    ({ options }) =>
      options.stage === "search" && options.layer === layer && options.pictures === kind,
  );
  return tried.reduce((best, one) => (error(one) < error(best) ? one : best)).options.learningRate;
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
  const network = buildNetwork(layers[layer]!, {
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
