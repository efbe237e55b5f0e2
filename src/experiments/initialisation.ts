/** What initial weights of the wrong size do to a deep network, before and during training. */
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
import { sgd } from "../training/index.js";
import { experiment } from "./experiment.js";
import type { Scale } from "./laboratory.js";
import {
  type Activation,
  ACTIVATIONS,
  type Done,
  findings,
  GLOROT,
  HE,
  type Network,
  networks,
  type Options,
  PYTORCH,
  SMALL,
  STEPS_TO_A_POINT,
  type Values,
  verdict,
} from "./findings/initialisation.js";
import { deviation } from "./parts/deviation.js";
import { drawnExamples } from "./parts/drawn-examples.js";
import { fullyConnected } from "./parts/fully-connected.js";
import { type LayerSizes, layerSizes } from "./parts/layer-sizes.js";
import { LossCurve } from "./parts/loss-curve.js";
import { searchedUnits, searchOf } from "./parts/rate-search.js";
import { trainClassifier } from "./parts/train-classifier.js";

const initialisers: Readonly<Record<string, Initialiser>> = {
  [SMALL]: deviation(0.01),
  "deviation 1": deviation(1),
  [PYTORCH]: pytorchDefault,
  [GLOROT]: xavier,
  [HE]: he,
};

const activations = { tanh, relu } as const;

const HIDDEN = 8;
const WIDTH = 64;
const FILTERS = 8;
/** Images that sizes before training are taken over. */
const LOOKED_AT = 256;

interface Size {
  readonly activations: readonly Activation[];
  readonly initialisers: readonly string[];
  readonly seeds: number;
  readonly images: number;
  readonly epochs: number;
  readonly rates: readonly number[];
}

const ALL = {
  activations: ACTIVATIONS,
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
    "long a training on the others (one seed; while the best is at an end, one more is " +
    "tried, and while all guess, one more at both ends). 5 " +
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

function searchesOf(done: readonly Done[], size: Size) {
  const settings = networks.flatMap((network) =>
    size.activations.flatMap((activation) =>
      size.initialisers.map((initialiser) => ({ network, activation, initialiser })),
    ),
  );
  return settings.map((one) => {
    const setting = `${one.network}, ${one.activation}, ${one.initialiser}`;
    const options = { ...one, images: size.images, epochs: size.epochs };
    return searchOf<Options, Values>(done, setting, options, size.rates);
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
