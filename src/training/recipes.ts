/** Complete descriptions of a training run: what `leibniz train --recipe NAME` does. */
import type { Loss } from "../backprop/index.js";
import type { Backend } from "../kernels/index.js";
import { notebookNetwork, type Sequential } from "../network/index.js";
import { reject } from "../tensor/index.js";
import { Adam, AdamW, type Optimizer } from "./optimizers/index.js";
import { oneCycle, type Schedule } from "./schedules.js";
import type { MeanOver } from "./totals.js";

export interface Recipe {
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  readonly network: (backend: Backend) => Sequential;
  /** What it minimises; softmax cross-entropy, if left out. */
  readonly loss?: Loss;
  readonly optimizer: (network: Sequential) => Optimizer;
  /** Whether each epoch starts with an optimizer that has forgotten everything. */
  readonly freshOptimizer: boolean;
  /** What share of the optimizer's learning rate each step takes; all of it, if left out. */
  readonly schedule?: Schedule;
  /** The longest gradient that is not shortened; any, if left out. */
  readonly clipNorm?: number;
  readonly epochs: number;
  readonly batchSize: number;
  /**
   * How many training images are drawn, once, before the first epoch; `null` for all of them in the
   * file's order.
   */
  readonly images: number | null;
  /** Whether each epoch sees the images in a new random order. */
  readonly shuffle: boolean;
  /** What losses of an epoch are the mean of; "examples" if left out. */
  readonly meanOver?: MeanOver;
}

const shared = {
  network: (backend: Backend) => notebookNetwork({ allocator: backend.persistent }),
};

export const recipes: readonly Recipe[] = [
  {
    ...shared,
    name: "default",
    description: "the notes' network on all 60,000 images, shuffled; Adam 1e-3; 3 epochs",
    optimizer: (network) => new Adam(network.parameters, { learningRate: 1e-3 }),
    freshOptimizer: false,
    epochs: 3,
    batchSize: 32,
    images: null,
    shuffle: true,
  },
  {
    ...shared,
    name: "notebook",
    description:
      "the notes' experiment to the letter: 20,000 images drawn once and not shuffled, Adam " +
      "1e-3 with weight decay 0.1, built anew each epoch; losses are means of the batches' " +
      "means; 20 epochs",
    optimizer: (network) => new Adam(network.parameters, { learningRate: 1e-3, weightDecay: 0.1 }),
    freshOptimizer: true,
    epochs: 20,
    batchSize: 256,
    images: 20_000,
    shuffle: false,
    meanOver: "batches",
  },
  {
    ...shared,
    name: "tuned",
    description:
      "the default with AdamW up to 3e-3 along one cycle, weight decay 0.01, gradients of norm " +
      "1 at most; 3 epochs",
    optimizer: (network) =>
      new AdamW(network.parameters, { learningRate: 3e-3, weightDecay: 0.01 }),
    freshOptimizer: false,
    schedule: oneCycle(),
    clipNorm: 1,
    epochs: 3,
    batchSize: 32,
    images: null,
    shuffle: true,
  },
];

/** @throws InputError listing the names there are */
export function findRecipe(name: string): Recipe {
  const recipe = recipes.find((candidate) => candidate.name === name);
  return (
    recipe ??
    reject("recipe", `one of ${recipes.map((candidate) => candidate.name).join(", ")}`, `"${name}"`)
  );
}
