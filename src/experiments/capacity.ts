/** What parameters buy: fully connected and convolutional networks from small to large. */
import { lineChart, type Point } from "../figures/index.js";
import {
  affine,
  conv2d,
  flatten,
  maxPool2d,
  type NetworkDescription,
  notebookDescription,
  relu,
} from "../network/index.js";
import { meanOf } from "../statistics/index.js";
import { adam } from "../training/index.js";
import { atTheEnd } from "./at-the-end.js";
import { drawnExamples } from "./drawn-examples.js";
import { asExpected } from "./expected.js";
import {
  CHART_WIDTH,
  experiment,
  type Figure,
  type Measurement,
  ofSetting,
  type Table,
  type Unit,
  type Verdict,
} from "./experiment.js";
import { fullyConnected } from "./fully-connected.js";
import type { Scale } from "./laboratory.js";
import { seriesOfRuns, shareOfRuns } from "./many-runs.js";
import { searchedUnits, searchRate } from "./rate-search.js";
import { trainClassifier } from "./train-classifier.js";
import { counted, percent } from "./words.js";

const kinds = ["mlp", "cnn"] as const;
type Kind = (typeof kinds)[number];

interface Options {
  readonly isSearch: boolean;
  readonly kind: Kind;
  /** Hidden units of the mlp, or filters of the cnn's first convolution. */
  readonly width: number;
  readonly learningRate: number;
  readonly images: number;
  readonly epochs: number;
}

interface Values {
  readonly parameters: number;
  /** After each epoch. */
  readonly testAccuracy: readonly number[];
  readonly trainAccuracy: readonly number[];
  readonly stopped: string | null;
}

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
    "run whose loss was lost counts as a guess, 10 %.",
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
  findings: (measured) => {
    const finals = measured.filter(({ options }) => !options.isSearch);
    return { tables: [sizesTable(finals)], figures: [errorFigure(finals)] };
  },
  verdict,
});

function searchesOf(
  done: readonly Measurement<Options, Values>[],
  { images, epochs, widths, rates }: Size,
) {
  const settings = kinds.flatMap((kind) => widths[kind].map((width) => ({ kind, width })));
  return settings.map(({ kind, width }) => {
    const setting = settingName(kind, width);
    const options = { kind, width, images, epochs };
    const found = searchRate(done, {
      start: rates,
      unit: (learningRate): Unit<Options> => ({
        setting: `search: ${setting}, rate ${learningRate}`,
        seed: 0,
        options: { ...options, isSearch: true, learningRate },
      }),
      score: ({ testAccuracy, stopped }) => (stopped === null ? testAccuracy.at(-1)! : 0),
    });
    return { setting, options, ...found };
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

function settingName(kind: Kind, width: number): string {
  return `${kind}, ${width} ${kind === "mlp" ? "hidden" : "filters"}`;
}

/** The same in a table. */
function labelOf(kind: Kind, width: number): string {
  return `${kind}, ${kind === "mlp" ? `${width} hidden` : counted(width, "filter")}`;
}

type Done = Measurement<Options, Values>;

/** All sizes of a kind that were trained, from the smallest. */
function sizesOf(finals: readonly Done[], kind: Kind) {
  const own = finals.filter(({ options }) => options.kind === kind);
  return [...new Set(own.map(({ options }) => options.width))]
    .sort((a, b) => a - b)
    .map((width) => {
      const runs = ofSetting(own, settingName(kind, width));
      return { width, runs, parameters: runs[0]!.values.parameters };
    });
}

function sizesTable(finals: readonly Done[]): Table {
  return {
    caption:
      "Test accuracy after the epoch, with Student's interval at 95 %, the accuracy on its " +
      "training images meanwhile, and the rate that was found.",
    head: ["", "parameters", "accuracy", "while training", "rate"],
    rows: kinds.flatMap((kind) =>
      sizesOf(finals, kind).map(({ width, runs, parameters }) => [
        labelOf(kind, width),
        parameters.toLocaleString("en-US"),
        shareOfRuns(runs.map(({ values }) => atTheEnd(values))),
        shareOfRuns(runs.flatMap(({ values }) => values.trainAccuracy.at(-1) ?? [])),
        `${runs[0]!.options.learningRate}`,
      ]),
    ),
  };
}

function errorFigure(finals: readonly Done[]): Figure {
  const curves = (kind: Kind): Point[][] => {
    const sizesOfKind = sizesOf(finals, kind);
    return sizesOfKind[0]!.runs.map(({ seed }) =>
      sizesOfKind.flatMap(({ runs, parameters }): Point[] => {
        const run = runs.find((one) => one.seed === seed);
        return run === undefined ? [] : [[parameters, 1 - atTheEnd(run.values)]];
      }),
    );
  };
  return {
    file: "errors.svg",
    alt: "Errors by number of parameters, both on logarithmic axes: mlp and cnn, a line each.",
    svg: lineChart({
      title: "What parameters buy",
      description: "Share of test images misclassified; a thin line for each seed, and their mean.",
      width: CHART_WIDTH,
      x: { label: "parameters", scale: "log" },
      y: { label: "test images misclassified", scale: "log", format: "percent" },
      series: kinds.map((kind) => seriesOfRuns(kind, curves(kind))),
    }),
  };
}

/** Accuracies for which the smallest network is looked for. */
const GOALS = [0.9, 0.95, 0.97];

function verdict(measured: readonly Done[]): Verdict {
  const finals = measured.filter(({ options }) => !options.isSearch);
  const [mlps, cnns] = kinds.map((kind) =>
    sizesOf(finals, kind).map(({ parameters, runs }) => ({
      parameters,
      mean: meanOf(runs.map(({ values }) => atTheEnd(values))),
    })),
  ) as [Reached[], Reached[]];
  const smallest = (all: readonly Reached[], goal: number): string =>
    all.find(({ mean }) => mean >= goal)?.parameters.toLocaleString("en-US") ?? "none";
  const goals = GOALS.map(
    (goal) => `${percent(goal, 0)}, ${smallest(cnns, goal)} and ${smallest(mlps, goal)}`,
  );
  const isAhead = cnns.every(({ parameters, mean }) =>
    mlps.every((one) => one.parameters > parameters || one.mean < mean),
  );
  const ends = (all: readonly Reached[]): string =>
    `${percent(all[0]!.mean, 1)} to ${percent(all.at(-1)!.mean, 1)}`;
  const fallsBack = [mlps, cnns].some(
    (all) => Math.max(...all.map(({ mean }) => mean)) - all.at(-1)!.mean > 0.003,
  );
  return {
    shows:
      `From the smallest to the largest, the mlp goes from ${ends(mlps)}, the cnn from ` +
      `${ends(cnns)}. The smallest cnn and mlp that get there: for ${goals.join("; for ")} ` +
      `parameters. That no mlp of as many parameters or fewer is as good as a cnn ` +
      `${isAhead ? "holds" : "does not hold"} at every size${asExpected(isAhead)}. ` +
      `${fallsBack ? "The largest is not the best" : "Neither gets worse with size"}` +
      `${asExpected(!fallsBack)}.`,
    doesNotShow:
      "How good each becomes when it is trained to its end: one epoch is short for the large " +
      "ones, and asks what is learned fast. Only one shape of each kind was tried; a cnn's " +
      "parameters do more work each, since every filter is applied at hundreds of places, so as " +
      "many parameters are not as much computation.",
  };
}

interface Reached {
  readonly parameters: number;
  readonly mean: number;
}
