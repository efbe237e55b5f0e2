import { softmaxCrossEntropy } from "../backprop/index.js";
import type { Examples, LabelledImages } from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import type { Sequential } from "../network/index.js";
import type { Tensor } from "../tensor/index.js";
import { measure } from "./measure.js";
import { accuracy } from "./metrics.js";
import { type MeanOver, sum } from "./totals.js";

export interface EvaluateOptions {
  readonly network: Sequential;
  /** Examples with class numbers. */
  readonly dataset: Examples | LabelledImages;
  readonly backend: Backend;
  readonly batchSize: number;
  /** What the loss is the mean of; "examples" if left out. */
  readonly meanOver?: MeanOver | undefined;
  /**
   * Is called after every batch with a copy of its logits [n, classes] and how many images are
   * done.
   */
  readonly onBatch?: (logits: Tensor, done: number) => void;
}

export interface Evaluation {
  /** In nats. */
  readonly loss: number;
  /** Share of the images that are classified correctly. */
  readonly accuracy: number;
  /** How many images that is. */
  readonly correct: number;
  readonly seconds: number;
}

/** How well a classifier does on images in their order, without changing it. */
export async function evaluate({
  network,
  dataset,
  backend,
  batchSize,
  meanOver,
  onBatch,
}: EvaluateOptions): Promise<Evaluation> {
  const started = performance.now();
  let correct = 0;
  const { loss, metrics } = await measure(network, {
    backend,
    data: dataset,
    loss: softmaxCrossEntropy(),
    metrics: {
      accuracy: (logits, target) => {
        const isRight = accuracy(logits, target);
        correct += sum(isRight);
        return isRight;
      },
    },
    batchSize,
    meanOver,
    onBatch,
  });
  const seconds = (performance.now() - started) / 1000;
  return { loss, accuracy: metrics["accuracy"]!, correct, seconds };
}
