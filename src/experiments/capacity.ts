/** What parameters buy: fully connected and convolutional networks from small to large. */
import {
  affine,
  conv2d,
  flatten,
  maxPool2d,
  type NetworkDescription,
  notebookDescription,
  relu,
} from "../network/index.js";
import { adam } from "../training/index.js";
import { experiment } from "./experiment.js";
import type { Scale } from "./laboratory.js";
import {
  type Done,
  findings,
  type Kind,
  kinds,
  type Options,
  settingName,
  type Values,
  verdict,
} from "./findings/capacity.js";
import { drawnExamples } from "./parts/drawn-examples.js";
import { fullyConnected } from "./parts/fully-connected.js";
import { searchedUnits, searchOf } from "./parts/rate-search.js";
import { trainClassifier } from "./parts/train-classifier.js";

interface Size {
  readonly seeds: number;
  readonly images: number;
  readonly epochs: number;
  readonly widths: Readonly<Record<Kind, readonly number[]>>;
  readonly rates: readonly number[];
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: {
    ...{ seeds: 5, images: 60_000, epochs: 1 },
    widths: { mlp: [1, 2, 4, 8, 16, 32, 64, 128, 256, 630], cnn: [1, 2, 4, 8, 16, 32] },
    rates: [1e-3, 3e-3, 0.01],
  },
  quick: {
    ...{ seeds: 2, images: 4_000, epochs: 1 },
    widths: { mlp: [4, 128], cnn: [1, 8] },
    rates: [3e-3],
  },
  tiny: {
    ...{ seeds: 1, images: 64, epochs: 1 },
    widths: { mlp: [1], cnn: [1] },
    rates: [3e-3],
  },
};

const BATCH = 64;

export const capacity = experiment<Options, Values>({
  name: "capacity",
  question:
    "What do parameters buy? From 500 to 500,000 of them, how accurate are a fully connected " +
    "and a convolutional network?",
  prediction:
    "The convolutional one is ahead at every size, and most where parameters are few: with " +
    "about 500 it has 85 to 90 %, while 800 fully connected ones, a single hidden unit, stay " +
    "below 40 %. The mlp rises steadily (90 % with 6,400, 94.5 % with 25,000, 96.8 % with " +
    "100,000) and flattens near 97.2 %. The cnn passes 96 % with 7,000, fewer than a tenth of " +
    "what the mlp needs, and ends near 98.5 %; from 100,000 to 400,000 it gains less than 0.3 " +
    "points. Neither gets worse with size.",
  method:
    "The mlp has one hidden layer of 1 to 630 units; the cnn is the notes' network with 1 to 32 " +
    "filters in its first convolution, twice as many in the second, and 7.5 times as many " +
    "hidden units. All trained alike: one epoch of 60,000 images, batches of 64 (938 steps), " +
    "Adam; the rate of every size is the best of three or more, a factor of 3 apart, by the " +
    "last 10,000 training images after an epoch on the others (one seed; while the best is at " +
    "an end, one more is tried). 5 seeds, all test images; intervals are Student's, at 95 %; a " +
    "run whose loss became infinite or not a number counts as a guess, 10 %.",
  units(done, scale) {
    const size = sizes[scale];
    return searchedUnits<Options>(searchesOf(done, size), size.seeds);
  },
  async measure({ seed, options }, laboratory) {
    const { isSearch, kind, width, learningRate, images, epochs } = options;
    const { curves, found: parameters } = await trainClassifier(
      {
        network: kind === "mlp" ? mlp(width) : cnn(width),
        ...drawnExamples(images, isSearch, seed, laboratory),
        optimizer: adam({ learningRate }),
        ...{ epochs, batchSize: BATCH },
      },
      seed,
      laboratory,
      (network) => network.parameters.reduce((sum, one) => sum + one.parameter.value.size, 0),
    );
    const { testAccuracy, trainAccuracy, stopped } = curves;
    return { parameters, testAccuracy, trainAccuracy, stopped };
  },
  findings,
  verdict,
});

function searchesOf(done: readonly Done[], { images, epochs, widths, rates }: Size) {
  const settings = kinds.flatMap((kind) => widths[kind].map((width) => ({ kind, width })));
  return settings.map(({ kind, width }) => {
    const setting = settingName(kind, width);
    const options = { kind, width, images, epochs };
    return searchOf<Options, Values>(done, setting, options, rates);
  });
}

function mlp(width: number): NetworkDescription {
  return fullyConnected([width], (outFeatures) => ({
    affine: affine({ outFeatures }),
    relu: relu(),
  }));
}

/** The notes' network for 16. */
function cnn(filters: number): NetworkDescription {
  return {
    input: notebookDescription.input!,
    layers: {
      conv1: conv2d({ outChannels: filters, kernelSize: 3 }),
      relu1: relu(),
      pool1: maxPool2d({ kernelSize: 2 }),
      conv2: conv2d({ outChannels: 2 * filters, kernelSize: 3 }),
      relu2: relu(),
      pool2: maxPool2d({ kernelSize: 2 }),
      flatten: flatten(),
      affine1: affine({ outFeatures: Math.ceil(7.5 * filters) }),
      relu3: relu(),
      affine2: affine({ outFeatures: 10 }),
    },
  };
}
