/** Trains a network that tells classes apart, as every second experiment does. */
import { type LossDescription, softmaxCrossEntropy } from "../../backprop/index.js";
import type { Examples, LabelledImages } from "../../data/index.js";
import {
  buildNetwork,
  type Initialiser,
  type NetworkDescription,
  type Sequential,
} from "../../network/index.js";
import { InputError, Random } from "../../tensor/index.js";
import { accuracy, fit, type FitOptions } from "../../training/index.js";
import type { Laboratory } from "../laboratory.js";

export interface ClassifierTraining
  extends Pick<
    FitOptions,
    | "optimizer"
    | "epochs"
    | "batchSize"
    | "shuffle"
    | "schedule"
    | "augment"
    | "clipNorm"
    | "average"
    | "freshOptimizer"
    | "meanOver"
  > {
  readonly network: NetworkDescription;
  /** Softmax cross-entropy if left out. */
  readonly loss?: LossDescription;
  readonly data: Examples | LabelledImages;
  /** Is classified after every epoch; where it is left out, the curves of the test are empty. */
  readonly test?: Examples | LabelledImages;
  readonly initialiser?: Initialiser | undefined;
  /** Looks at the network before the first epoch, which is epoch −1, and after each. */
  readonly onEpoch?: (network: Sequential, epoch: number) => Promise<void> | void;
  /** Is told the loss of every step. */
  readonly onStep?: (loss: number) => void;
}

/** What each epoch came to; losses in nats, accuracies as fractions. */
export interface Curves {
  readonly trainLoss: readonly number[];
  readonly trainAccuracy: readonly number[];
  readonly testLoss: readonly number[];
  readonly testAccuracy: readonly number[];
  /** Why training ended before its last epoch; null if it did not. */
  readonly stopped: string | null;
}

/**
 * Trains, and classifies the test images after every epoch. Weights, order and whatever layers
 * draw come from the seed, by the same names as in `leibniz train`.
 *
 * @param inspect looks at the network at the end, before its memory is given back
 * @returns the curves, and what `inspect` has found
 */
export async function trainClassifier<T = null>(
  training: ClassifierTraining,
  seed: number,
  { backend, progress, stop }: Laboratory,
  inspect: (network: Sequential) => Promise<T> | T = () => null as T,
): Promise<{ curves: Curves; found: T }> {
  const { network: description, data, test, initialiser, ...hooked } = training;
  const { onEpoch, onStep, loss = softmaxCrossEntropy(), ...options } = hooked;
  const random = new Random(seed);
  const network = buildNetwork(description, {
    storage: { allocator: backend.persistent },
    random: random.split("initial weights"),
    ...(initialiser && { initialiser }),
  });
  const [trainLoss, trainAccuracy]: number[][] = [[], []];
  const [testLoss, testAccuracy]: number[][] = [[], []];
  let stopped: string | null = null;
  try {
    await onEpoch?.(network, -1);
    const common = { backend, loss, metrics: { accuracy }, random, stop };
    const given = { ...options, ...common, data, validation: test };
    for await (const event of fit(network, given)) {
      if (event.type === "step") {
        progress((event.epoch + event.step / event.steps) / options.epochs);
        onStep?.(event.loss);
      }
      if (event.type !== "epoch") continue;
      trainLoss.push(event.loss);
      trainAccuracy.push(event.metrics["accuracy"]!);
      if (event.validation) {
        testLoss.push(event.validation.loss);
        testAccuracy.push(event.validation.metrics["accuracy"]!);
      }
      await onEpoch?.(network, event.epoch);
    }
  } catch (error) {
    // a loss that is no longer finite is something to be measured, too
    if (!(error instanceof InputError && error.message.includes("finite"))) throw error;
    stopped = error.message;
  }
  try {
    const found = await inspect(network);
    return { curves: { trainLoss, trainAccuracy, testLoss, testAccuracy, stopped }, found };
  } finally {
    network.dispose();
  }
}
