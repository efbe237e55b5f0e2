/** What depth costs a plain network, and what residual blocks and batch normalisation do for it. */
import {
  affine,
  batchNorm1d,
  he,
  type Initialiser,
  type LayerDescriptions,
  pytorchDefault,
  relu,
  residual,
} from "../network/index.js";
import { sgd } from "../training/index.js";
import { experiment } from "./experiment.js";
import type { Scale } from "./laboratory.js";
import {
  type Done,
  findings,
  type Kind,
  kinds,
  type Options,
  PYTORCH,
  settingName,
  type Start,
  STARTS,
  type Values,
  verdict,
} from "./findings/depth.js";
import { drawnExamples } from "./parts/drawn-examples.js";
import { fullyConnected } from "./parts/fully-connected.js";
import { type LayerSizes, layerSizes } from "./parts/layer-sizes.js";
import { searchedUnits, searchOf } from "./parts/rate-search.js";
import { trainClassifier } from "./parts/train-classifier.js";

const initialisers: Readonly<Record<Start, Initialiser>> = { He: he, [PYTORCH]: pytorchDefault };

const WIDTH = 64;
const BATCH = 64;
/** Images that sizes before training are taken over. */
const LOOKED_AT = 256;

interface Size {
  readonly seeds: number;
  readonly depths: readonly number[];
  readonly images: number;
  readonly epochs: number;
  readonly rates: readonly number[];
}

const scales: Readonly<Record<Scale, Size>> = {
  full: {
    ...{ seeds: 5, depths: [2, 4, 8, 16], images: 20_000, epochs: 2 },
    rates: [0.003, 0.01, 0.03],
  },
  quick: { seeds: 2, depths: [2, 8], images: 2_500, epochs: 1, rates: [0.01] },
  tiny: { seeds: 1, depths: [2], images: 64, epochs: 1, rates: [0.01] },
};

export const depth = experiment<Options, Values>({
  name: "depth",
  question:
    "Why not simply more layers: what happens to accuracy and to the gradients as a network gets " +
    "deeper, and what do residual blocks and batch normalisation change?",
  prediction:
    "Depth brings nothing here: two hidden layers reach about 95.5 %, and no deeper network is " +
    "more than half a point better. The plain network with PyTorch's weights loses a factor of " +
    "0.4 of the gradient in each layer, a million times over 16 layers, and does not leave " +
    "chance at that depth; at 8 it is some points behind. With He's weights gradients stay " +
    "within a factor of ten and 16 plain layers lose one or two points only. Residual blocks " +
    "keep the gradient within a factor of ten at any depth, and with PyTorch's weights lose " +
    "less than a point from 2 to 16; with He's weights their numbers grow by a factor of about " +
    "1.4 a layer and want a lower rate. With batch normalisation the weights' start does not " +
    "matter at all, but gradients grow toward the input, and 16 layers lose one or two points.",
  method:
    "Fully connected networks with 2, 4, 8 and 16 hidden layers of 64: plain (affine, relu); " +
    "the same with every hidden layer but the first in a residual block, x + relu(affine(x)); " +
    "and with batch normalisation in front of each relu. Each with He's weights and with " +
    "PyTorch's. 20,000 images, 2 epochs, batches of 64, SGD with momentum 0.9; the rate of " +
    "every setting is the best of three or more, a factor of 3 apart, by the last 10,000 " +
    "training images after as long a training on the others (one seed; while the best is at an " +
    "end, one more is tried, and while all guess, one more at both ends). 5 seeds, all test " +
    "images; intervals are Student's, at 95 %; a run whose loss became infinite or not a number " +
    "counts as a guess, 10 %. Sizes are root mean squares of the loss's gradient with respect to " +
    "each hidden layer's output, over 256 training images, before the first step.",
  units(done, scale) {
    const size = scales[scale];
    return searchedUnits<Options>(searchesOf(done, size), size.seeds);
  },
  async measure({ seed, options }, laboratory) {
    const { isSearch, kind, start, learningRate, images, epochs } = options;
    const examples = drawnExamples(images, isSearch, seed, laboratory);
    const [seen] = examples.data.split(Math.min(LOOKED_AT, images / 2));
    const widths = Array.from({ length: options.depth }, () => WIDTH);
    const names = widths.map((_, i) => `hidden${i + 1}`);
    let sizes: LayerSizes = { outputs: [], gradients: [] };
    const { curves } = await trainClassifier(
      {
        ...{ ...examples, epochs, batchSize: BATCH, initialiser: initialisers[start] },
        network: fullyConnected(widths, (width, i) => hiddenLayer(kind, width, i)),
        optimizer: sgd({ learningRate, momentum: 0.9 }),
        onEpoch: async (network, epoch) => {
          if (epoch < 0) sizes = await layerSizes(network, names, seen, laboratory.backend);
        },
      },
      seed,
      laboratory,
    );
    const { testAccuracy, trainAccuracy, stopped } = curves;
    return { sizes, testAccuracy, trainAccuracy, stopped };
  },
  findings,
  verdict,
});

function searchesOf(done: readonly Done[], { depths, images, epochs, rates }: Size) {
  const settings = STARTS.flatMap((start) =>
    kinds.flatMap((kind) => depths.map((layers) => ({ kind, start, depth: layers }))),
  );
  return settings.map((one) => {
    const setting = settingName(one.kind, one.start, one.depth);
    const options = { ...one, images, epochs };
    return searchOf<Options, Values>(done, setting, options, rates);
  });
}

/** A block needs an input of its own size, which the first layer does not have. */
function hiddenLayer(kind: Kind, outFeatures: number, i: number): LayerDescriptions {
  if (kind === "residual" && i > 1)
    return {
      [`hidden${i}`]: residual({ body: { affine: affine({ outFeatures }), relu: relu() } }),
    };
  return {
    [`affine${i}`]: affine({ outFeatures }),
    ...(kind === "batch norm" && { [`norm${i}`]: batchNorm1d() }),
    [`hidden${i}`]: relu(),
  };
}
