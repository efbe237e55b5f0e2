import { type Loss, type LossDescription, softmaxCrossEntropy } from "../backprop/index.js";
import type { Examples, LabelledImages } from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import type { Sequential } from "../network/index.js";
import {
  anything,
  checkOptions,
  required,
  type Rules,
  type Tensor,
  wholeNumber,
} from "../tensor/index.js";
import { measure } from "./measure.js";
import { accuracy } from "./metrics.js";
import { type MeanOver, sum } from "./totals.js";

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /** Its output is logits [N, classes]. */
  readonly network: Sequential;
  /** Examples with class numbers. */
  readonly dataset: Examples | LabelledImages;
  /** What the passes run on. */
  readonly backend: Backend;
  /** Examples at a time, ≥ 1; no number depends on it but for rounding. */
  readonly batchSize: number;
  /** Softmax cross-entropy if left out. */
  readonly loss?: LossDescription | Loss | undefined;
  /** What the loss is the mean of; "examples" if left out. */
  readonly meanOver?: MeanOver | undefined;
  /**
   * Is called after every batch with a copy of its logits [n, classes] and how many images are
   * done.
   */
  readonly onBatch?: (logits: Tensor, done: number) => void;
}

/** How well a classifier did. */
export interface Evaluation {
  /** In nats, for softmax cross-entropy. */
  readonly loss: number;
  /**
   * Share of the images that are classified correctly, from 0 to 1, by their weights where they
   * have some.
   */
  readonly accuracy: number;
  /** How many images that is. */
  readonly correct: number;
  /** Wall-clock time. */
  readonly seconds: number;
}

const rules: Rules<EvaluateOptions> = {
  network: required(anything("a network")),
  dataset: required(anything("examples with class numbers")),
  backend: required(anything("a backend")),
  batchSize: required(wholeNumber(1)),
  loss: anything("a loss"),
  meanOver: anything("examples or batches"),
  onBatch: anything("a function"),
};

/**
 * How well a classifier does on images in their order, without changing it.
 *
 * @throws InputError when an option is unknown, wrong or missing; or a loss is not finite, with the
 *   name of the layer that overflows
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const {
    network,
    dataset,
    loss: lossOf = softmaxCrossEntropy(),
    ...rest
  } = checkOptions("evaluate", options, rules);
  const started = performance.now();
  let correct = 0;
  const { loss, metrics } = await measure(network, {
    ...rest,
    data: dataset,
    loss: lossOf,
    metrics: {
      accuracy: (logits, target) => {
        const isRight = accuracy(logits, target);
        correct += sum(isRight);
        return isRight;
      },
    },
  });
  const seconds = (performance.now() - started) / 1000;
  return { loss, accuracy: metrics["accuracy"]!, correct, seconds };
}
