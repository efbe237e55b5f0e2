import { softmaxCrossEntropyForward } from "../backprop/index.js";
import { batches, type LabelledImages, makeBatch } from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import type { Sequential } from "../network/index.js";
import type { Tensor } from "../tensor/index.js";
import { countCorrect } from "./metrics.js";
import { turns } from "./turn.js";

export interface EvaluateOptions {
  readonly network: Sequential;
  readonly dataset: LabelledImages;
  readonly backend: Backend;
  readonly batchSize: number;
  /**
   * Is called after every batch with a copy of its logits [n, classes] and how many images are
   * done.
   */
  readonly onBatch?: (logits: Tensor, done: number) => void;
}

export interface Evaluation {
  /** In nats: the mean over the batches' mean losses. */
  readonly loss: number;
  /** Share of the images that are classified correctly. */
  readonly accuracy: number;
  /** How many images that is. */
  readonly correct: number;
  readonly seconds: number;
}

/** How well a network does on images in their order, without changing it. */
export async function evaluate({
  network,
  dataset,
  backend,
  batchSize,
  onBatch,
}: EvaluateOptions): Promise<Evaluation> {
  const order = Uint32Array.from({ length: dataset.images.count }, (_, i) => i);
  const started = performance.now();
  let loss = 0;
  let correct = 0;
  let done = 0;
  let count = 0;
  const turn = turns();
  for (const indices of batches(order, batchSize)) {
    await turn();
    await backend.step(async () => {
      const { x, labels } = makeBatch(dataset, indices, backend.allocator);
      const { out: logits } = await network.forward(x, {
        backend,
        mode: "evaluate",
        record: false,
      });
      loss += (await softmaxCrossEntropyForward(logits, labels)).out.item();
      correct += countCorrect(logits, labels);
      count++;
      done += labels.length;
      onBatch?.(logits.clone(), done);
    });
  }
  return {
    loss: loss / count,
    accuracy: correct / done,
    correct,
    seconds: (performance.now() - started) / 1000,
  };
}
