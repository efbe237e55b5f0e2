/** What initial weights of the wrong size do to a deep network, before and during training. */
import { formatNumber, lineChart, type Point } from "../figures/index.js";
import {
  affine,
  conv2d,
  flatten,
  he,
  type Initialiser,
  type LayerDescriptions,
  type NetworkDescription,
  notebookDescription,
  pytorchDefault,
  relu,
  tanh,
  xavier,
} from "../network/index.js";
import { meanOf } from "../statistics/index.js";
import { sgd } from "../training/index.js";
import { atTheEnd } from "./at-the-end.js";
import { deviation } from "./deviation.js";
import { drawnExamples } from "./drawn-examples.js";
import { asExpected } from "./expected.js";
import {
  CHART_WIDTH,
  experiment,
  type Figure,
  type Findings,
  type Measurement,
  ofSetting,
  type Table,
  type Unit,
  type Verdict,
} from "./experiment.js";
import { fullyConnected } from "./fully-connected.js";
import type { Scale } from "./laboratory.js";
import { type LayerSizes, layerSizes } from "./layer-sizes.js";
import { LossCurve } from "./loss-curve.js";
import { medianOf, seriesOfRuns, shareOfRuns } from "./many-runs.js";
import { searchedUnits, searchRate } from "./rate-search.js";
import { trainClassifier } from "./train-classifier.js";
import { percent } from "./words.js";

const SMALL = "deviation 0.01";
const initialisers: Readonly<Record<string, Initialiser>> = {
  [SMALL]: deviation(0.01),
  "deviation 1": deviation(1),
  "PyTorch's default": pytorchDefault,
  Glorot: xavier,
  He: he,
};
const activations = { tanh, relu } as const;
type Activation = keyof typeof activations;
const networks = ["mlp", "cnn"] as const;
type Network = (typeof networks)[number];

const HIDDEN = 8;
const WIDTH = 64;
const FILTERS = 8;
/** Images that sizes before training are taken over. */
const LOOKED_AT = 256;

interface Options {
  readonly isSearch: boolean;
  readonly network: Network;
  readonly activation: Activation;
  readonly initialiser: string;
  readonly learningRate: number;
  readonly images: number;
  readonly epochs: number;
}

interface Values {
  /** Before training, for each hidden layer behind its activation. */
  readonly sizes: LayerSizes;
  /** Means over {@link STEPS_TO_A_POINT} steps each. */
  readonly losses: readonly number[];
  /** After each epoch. */
  readonly testAccuracy: readonly number[];
  readonly stopped: string | null;
}

interface Size {
  readonly activations: readonly Activation[];
  readonly initialisers: readonly string[];
  readonly seeds: number;
  readonly images: number;
  readonly epochs: number;
  readonly rates: readonly number[];
}

const ALL = {
  activations: Object.keys(activations) as Activation[],
  initialisers: Object.keys(initialisers),
};
const scales: Readonly<Record<Scale, Size>> = {
  full: { ...ALL, seeds: 5, images: 10_000, epochs: 3, rates: [0.003, 0.01, 0.03] },
  quick: { ...ALL, seeds: 2, images: 2_500, epochs: 1, rates: [0.01] },
  tiny: {
    ...{ seeds: 1, images: 64, epochs: 1, rates: [0.01] },
    ...{ activations: ["relu"], initialisers: ["deviation 1", "He"] },
  },
};

const BATCH = 64;
/** An epoch of 10,000 images has 157 steps. */
const STEPS_TO_A_POINT = 26;

export const initialisation = experiment<Options, Values>({
  name: "initialisation",
  question:
    "How large should initial weights be: what do the usual choices do to the numbers in a deep " +
    "network, to the gradients that come back, and to the first epochs?",
  prediction:
    "Through eight rectified layers of 64, deviation 0.01 shrinks the numbers by 0.06 a layer, " +
    "to about 1e-10 of what went in, deviation 1 makes them 6 times as large in each, PyTorch's " +
    "default shrinks them by 0.4, Glorot by 0.7, and He keeps them within a factor of 2; " +
    "gradients do the same on their way back. With deviation 0.01 nothing is learned in three " +
    "epochs, at any rate. With He 92 % and more; Glorot within one point of that; PyTorch's " +
    "default starts late but ends above 80 %. With tanh Glorot is the best or within half a " +
    "point, deviation 1 saturates and stays below 80 %. The convolutions have a fan-in of 72 " +
    "and the same order.",
  method:
    "Two networks: eight fully connected hidden layers of 64, and a stack of eight 3 × 3 " +
    "convolutions of 8 filters (padding 1, the first two with stride 2) in front of the logits; " +
    "each with tanh and with relu. Biases of the two fixed deviations, Glorot and He start at 0. " +
    "10,000 images, 3 epochs, batches of 64, SGD with momentum 0.9; the rate of every setting is " +
    "the best of three or more, a factor of 3 apart, by the last 10,000 training images after as " +
    "long a training on the others (one seed; while the best is at an end, one more is tried). 5 " +
    "seeds, all test images. Sizes are root mean squares over 256 training images, behind the " +
    "activations, before the first step. A run whose loss was lost counts as a guess, 10 %. " +
    "Intervals are Student's, at 95 %.",
  units(done, scale) {
    const size = scales[scale];
    return searchedUnits<Options>(searchesOf(done, size), size.seeds);
  },
  async measure({ seed, options }, laboratory) {
    const { network, activation, initialiser, learningRate, images, epochs } = options;
    const examples = drawnExamples(images, options.isSearch, seed, laboratory);
    const curve = new LossCurve(STEPS_TO_A_POINT);
    const [seen] = examples.data.split(Math.min(LOOKED_AT, images / 2));
    let sizes: LayerSizes = { outputs: [], gradients: [] };
    const { curves } = await trainClassifier(
      {
        ...{ ...examples, network: describe(network, activations[activation]), epochs },
        ...{ batchSize: BATCH, initialiser: initialisers[initialiser] },
        optimizer: sgd({ learningRate, momentum: 0.9 }),
        onStep: (loss) => curve.add(loss),
        onEpoch: async (built, epoch) => {
          if (epoch < 0) sizes = await layerSizes(built, hiddenNames(), seen, laboratory.backend);
        },
      },
      seed,
      laboratory,
    );
    const { testAccuracy, stopped } = curves;
    return { sizes, losses: curve.means, testAccuracy, stopped };
  },
  findings,
  verdict,
});

function searchesOf(done: readonly Measurement<Options, Values>[], size: Size) {
  const settings = networks.flatMap((network) =>
    size.activations.flatMap((activation) =>
      size.initialisers.map((initialiser) => ({ network, activation, initialiser })),
    ),
  );
  return settings.map((one) => {
    const setting = `${one.network}, ${one.activation}, ${one.initialiser}`;
    const options = { ...one, images: size.images, epochs: size.epochs };
    const found = searchRate(done, {
      start: size.rates,
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

function describe(network: Network, activation: () => LayerDescriptions[string]) {
  if (network === "cnn") return convolutional(activation);
  const widths = Array.from({ length: HIDDEN }, () => WIDTH);
  return fullyConnected(widths, (outFeatures, i) => ({
    [`affine${i}`]: affine({ outFeatures }),
    [`hidden${i}`]: activation(),
  }));
}

function convolutional(activation: () => LayerDescriptions[string]): NetworkDescription {
  const hidden = Array.from({ length: HIDDEN }, (_, i) => [
    [`conv${i + 1}`, conv2d(i < 2 ? { ...WINDOW, stride: 2 } : WINDOW)],
    [`hidden${i + 1}`, activation()],
  ]);
  const last = { flatten: flatten(), logits: affine({ outFeatures: 10 }) };
  return {
    input: notebookDescription.input!,
    layers: { ...(Object.fromEntries(hidden.flat()) as LayerDescriptions), ...last },
  };
}

const WINDOW = { outChannels: FILTERS, kernelSize: 3, padding: 1 };

function hiddenNames(): string[] {
  return Array.from({ length: HIDDEN }, (_, i) => `hidden${i + 1}`);
}

type Done = Measurement<Options, Values>;

function findings(measured: readonly Done[]): Findings {
  const finals = measured.filter(({ options }) => !options.isSearch);
  return {
    tables: [accuracyTable(finals), sizesTable(finals)],
    figures: [
      sizesFigure(finals, "outputs"),
      sizesFigure(finals, "gradients"),
      ...activationsOf(finals).map((activation) => lossFigure(finals, activation)),
    ].filter((one) => one !== null),
  };
}

function activationsOf(finals: readonly Done[]): Activation[] {
  return [...new Set(finals.map(({ options }) => options.activation))];
}

function initialisersOf(finals: readonly Done[]): string[] {
  return [...new Set(finals.map(({ options }) => options.initialiser))];
}

function runsOf(
  finals: readonly Done[],
  network: Network,
  activation: Activation,
  initialiser: string,
): Done[] {
  return ofSetting(finals, `${network}, ${activation}, ${initialiser}`);
}

/** A table with a row for each initialiser and a column for each network and activation. */
function tableOf(
  finals: readonly Done[],
  caption: string,
  cell: (runs: readonly Done[]) => string,
): Table {
  const columns = networks.flatMap((network) =>
    activationsOf(finals).map((activation) => ({ network, activation })),
  );
  return {
    caption,
    head: ["", ...columns.map(({ network, activation }) => `${network}, ${activation}`)],
    rows: initialisersOf(finals).map((initialiser) => [
      initialiser,
      ...columns.map(({ network, activation }) =>
        cell(runsOf(finals, network, activation, initialiser)),
      ),
    ]),
  };
}

function accuracyTable(finals: readonly Done[]): Table {
  const caption =
    "Test accuracy after the last epoch, with Student's interval at 95 %, and the rate that was " +
    "found.";
  return tableOf(finals, caption, (runs) => {
    const rate = runs[0]?.options.learningRate;
    return `${shareOfRuns(runs.map(({ values }) => atTheEnd(values)))}; ${rate}`;
  });
}

function sizesTable(finals: readonly Done[]): Table {
  const caption =
    "Before training: how many times as large the numbers are behind the last hidden layer as " +
    "behind the first, and the gradients at the first as at the last. Medians over the seeds.";
  return tableOf(
    finals,
    caption,
    (runs) =>
      `${ratioOf(runs, ({ outputs }) => [outputs.at(-1), outputs[0]])}; ` +
      ratioOf(runs, ({ gradients }) => [gradients[0], gradients.at(-1)]),
  );
}

type Pair = readonly [number | null | undefined, number | null | undefined];

function ratioOf(runs: readonly Done[], pairOf: (sizes: LayerSizes) => Pair): string {
  const ratios = runs.flatMap(({ values }) => {
    const [one, other] = pairOf(values.sizes);
    return one == null || !other ? [] : [one / other];
  });
  return ratios.length === 0 ? "–" : formatNumber(medianOf(ratios), 2);
}

function sizesFigure(finals: readonly Done[], what: keyof LayerSizes): Figure | null {
  const said = what === "outputs" ? "outputs" : "gradients by the outputs";
  const series = initialisersOf(finals).flatMap((initialiser) => {
    const runs = runsOf(finals, "mlp", "relu", initialiser);
    const curves = runs.map(({ values }) => sizeCurve(values.sizes[what]));
    return curves.some((curve) => curve.length > 0) ? [seriesOfRuns(initialiser, curves)] : [];
  });
  if (series.length === 0) return null;
  return {
    file: `${what}.svg`,
    alt: `Sizes of the ${said} by hidden layer of the rectified mlp, a line for each initialiser.`,
    svg: lineChart({
      title: `Sizes of the ${said} before training`,
      description: "Fully connected with relu; a thin line for each seed and their mean.",
      width: CHART_WIDTH,
      x: { label: "hidden layer" },
      y: { label: "root mean square", scale: "log" },
      series,
    }),
  };
}

/** What is 0 or not finite has no place on a logarithmic axis. */
function sizeCurve(sizes: readonly (number | null)[]): Point[] {
  return sizes.flatMap((size, i): Point[] => (size ? [[i + 1, size]] : []));
}

function lossFigure(finals: readonly Done[], activation: Activation): Figure | null {
  const series = initialisersOf(finals).flatMap((initialiser) => {
    const curves = runsOf(finals, "mlp", activation, initialiser)
      .filter(({ values }) => values.stopped === null && values.losses.length > 0)
      .map(({ values }) => values.losses.map(pointAt));
    return curves.length > 0 ? [seriesOfRuns(initialiser, curves)] : [];
  });
  if (series.length === 0) return null;
  return {
    file: `losses-${activation}.svg`,
    alt: `Training loss by step with ${activation}, a line for each initialiser.`,
    svg: lineChart({
      title: `Training loss with ${activation}`,
      description: `Fully connected; means over ${STEPS_TO_A_POINT} steps, a thin line a seed.`,
      width: CHART_WIDTH,
      x: { label: "step" },
      y: { label: "loss in nats" },
      series,
    }),
  };
}

function pointAt(loss: number, i: number): Point {
  return [(i + 1) * STEPS_TO_A_POINT, loss];
}

/** The initialisers of one network and activation with their mean accuracies, the best first. */
function ranking(finals: readonly Done[], network: Network, activation: Activation) {
  return initialisersOf(finals)
    .map((name) => {
      const runs = runsOf(finals, network, activation, name);
      return { name, mean: meanOf(runs.map(({ values }) => atTheEnd(values))) };
    })
    .sort((a, b) => b.mean - a.mean);
}

function verdict(measured: readonly Done[]): Verdict {
  const finals = measured.filter(({ options }) => !options.isSearch);
  const rankings = networks.flatMap((network) =>
    activationsOf(finals).map((activation) => ({
      ...{ network, activation, ranked: ranking(finals, network, activation) },
    })),
  );
  const ranks = rankings.map(({ network, activation, ranked }) => {
    const named = ranked.map(({ name, mean }) => `${name} ${percent(mean, 1)}`);
    return `${network} with ${activation}: ${named.join(", ")}`;
  });
  const reached = (network: Network, activation: Activation, name: string): number | undefined =>
    rankings
      .find((one) => one.network === network && one.activation === activation)
      ?.ranked.find((one) => one.name === name)?.mean;
  const small = rankings.flatMap(({ ranked }) =>
    ranked.filter(({ name }) => name === SMALL).map(({ mean }) => mean),
  );
  const he92 = (reached("mlp", "relu", "He") ?? 0) >= 0.92;
  const sizes = initialisersOf(finals).map((name) => {
    const runs = runsOf(finals, "mlp", "relu", name);
    return `${name} ${ratioOf(runs, ({ outputs }) => [outputs.at(-1), outputs[0]])}`;
  });
  return {
    shows:
      "From the first to the eighth hidden layer of the rectified mlp, numbers change before " +
      `training by these factors: ${sizes.join(", ")}. With biases that are drawn like weights, ` +
      "as PyTorch draws them, numbers cannot shrink below what the biases add, which the " +
      "prediction did not think of: it was made from weights alone. In the end, the best first, " +
      `${ranks.join("; ")}. ` +
      (small.length === 0
        ? ""
        : `Deviation 0.01 comes to ${percent(Math.max(...small), 1)} at most: that it learns ` +
          `nothing at any rate is${small.every((mean) => mean < 0.15) ? "" : " not"} what came ` +
          "out" +
          `${asExpected(small.every((mean) => mean < 0.15))}. `) +
      `He with relu in the mlp ${he92 ? "reaches" : "does not reach"} 92 %${asExpected(he92)}.`,
    doesNotShow:
      "What a longer training makes of a bad start, or another optimizer: Adam divides by the " +
      "size of a gradient and forgives more. The rate was searched with one seed and steps of a " +
      "factor of 3. Networks with normalisation or residual blocks are another matter: see " +
      "batch-norm and depth.",
  };
}
