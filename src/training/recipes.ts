/**
 * Complete descriptions of a training run: what `leibniz train --recipe NAME` does. A recipe is
 * plain JSON, so `JSON.stringify(recipe)` is all of it; {@link readRecipe} takes one back.
 */
import { type LossDescription, softmaxCrossEntropy } from "../backprop/index.js";
import { rotation, scale, shift } from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import {
  affine,
  batchNorm2d,
  buildNetwork,
  conv2d,
  flatten,
  globalAveragePool2d,
  type LayerDescriptions,
  maxPool2d,
  type NetworkDescription,
  notebookDescription,
  relu,
  type Sequential,
} from "../network/index.js";
import { Random, reject } from "../tensor/index.js";
import { adam, adamW, type OptimizerDescription } from "./optimizers/index.js";
import { oneCycle, type ScheduleDescription } from "./schedules.js";
import type { Training } from "./train.js";

/**
 * A training, and the network for it: all of it plain JSON. The optimizer, the loss and the
 * schedule are descriptions.
 */
export interface Recipe extends Training {
  /** 1 to 60 characters on one line. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** With its `input`, for images of one size; {@link sizeRecipe} fits it to others. */
  readonly network: NetworkDescription;
  /** Such as `adam({ learningRate: 1e-3 })`. */
  readonly optimizer: OptimizerDescription;
  readonly loss?: LossDescription;
  readonly schedule?: ScheduleDescription;
  /** What the network's outputs stand for; 0, 1, 2 … if left out. */
  readonly classNames?: readonly string[];
}

/** A convolution of 3 × 3 that keeps the size of the image, batch norm, relu. */
const block = (i: number, outChannels: number): LayerDescriptions => ({
  [`conv${i}`]: conv2d({ outChannels, kernelSize: 3, padding: 1 }),
  [`norm${i}`]: batchNorm2d(),
  [`relu${i}`]: relu(),
});

/** The recipes of this package: `default`, `notebook`, `tuned` and `best`. */
export const recipes: readonly Recipe[] = [
  {
    name: "default",
    description: "the notes' network on all training images, shuffled; Adam 1e-3",
    network: notebookDescription,
    optimizer: adam({ learningRate: 1e-3 }),
    epochs: 3,
    batchSize: 32,
  },
  {
    name: "notebook",
    description:
      "the notes' experiment to the letter: 20,000 images drawn once and not shuffled, Adam " +
      "1e-3 with weight decay 0.1, built anew each epoch; losses are means of the batches' means",
    network: notebookDescription,
    optimizer: adam({ learningRate: 1e-3, weightDecay: 0.1 }),
    freshOptimizer: true,
    epochs: 20,
    batchSize: 256,
    images: 20_000,
    shuffle: false,
    meanOver: "batches",
  },
  {
    name: "tuned",
    description:
      "the default with AdamW up to 3e-3 along one cycle, weight decay 0.01, gradients of norm " +
      "1 at most",
    network: notebookDescription,
    optimizer: adamW({ learningRate: 3e-3, weightDecay: 0.01 }),
    schedule: oneCycle(),
    clipNorm: 1,
    epochs: 3,
    batchSize: 32,
  },
  {
    name: "best",
    description:
      "as accurate as a quarter of an hour allows: five convolutions with batch norm, moved " +
      "images, AdamW along one cycle, smoothed labels; each chosen by the experiment `best`",
    network: {
      input: notebookDescription.input!,
      layers: {
        ...block(1, 32),
        pool1: maxPool2d({ kernelSize: 2 }),
        ...block(2, 32),
        ...block(3, 64),
        pool2: maxPool2d({ kernelSize: 2 }),
        ...block(4, 64),
        ...block(5, 128),
        mean: globalAveragePool2d(),
        flatten: flatten(),
        classes: affine({ outFeatures: 10 }),
      },
    },
    loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }),
    optimizer: adamW({ learningRate: 3e-3, weightDecay: 0.01 }),
    schedule: oneCycle(),
    augment: [shift({ pixels: 2 }), rotation({ degrees: 10 }), scale({ factor: 0.1 })],
    epochs: 14,
    batchSize: 128,
  },
];

/**
 * The recipe of this package with a name.
 *
 * @throws InputError listing the names there are
 */
export function findRecipe(name: string): Recipe {
  const recipe = recipes.find((candidate) => candidate.name === name);
  return (
    recipe ??
    reject("recipe", `one of ${recipes.map((candidate) => candidate.name).join(", ")}`, `"${name}"`)
  );
}

/**
 * A recipe's network with memory on a backend.
 *
 * @param random what its initial values are drawn from; the seed 0 if left out
 * @throws InputError naming the layer and the option that is wrong
 */
export function recipeNetwork(
  { network }: Pick<Recipe, "network">,
  backend: Backend,
  random = new Random(0),
): Sequential {
  return buildNetwork(network, { storage: { allocator: backend.persistent }, random });
}
