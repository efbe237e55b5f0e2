import type { Loss } from "../backprop/index.js";
import {
  batches,
  checkBatch,
  type Examples,
  examplesOf,
  type LabelledImages,
} from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import type { Sequential } from "../network/index.js";
import type { Tensor } from "../tensor/index.js";
import type { Metrics } from "./metrics.js";
import { type MeanOver, Totals } from "./totals.js";
import { turns } from "./turn.js";

export interface MeasureOptions {
  readonly backend: Backend;
  readonly data: Examples | LabelledImages;
  readonly loss: Loss;
  readonly metrics?: Metrics | undefined;
  /** 256 if left out; no number depends on it but for rounding. */
  readonly batchSize?: number;
  /** "examples" if left out. */
  readonly meanOver?: MeanOver | undefined;
  /**
   * Is called after every batch with a copy of its prediction [n, …] and how many examples are
   * done.
   */
  readonly onBatch?: ((prediction: Tensor, done: number) => void) | undefined;
}

/** Means over a data set. */
export interface Measured {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * How well a network does on examples in their order, without changing it. Losses are computed in
 * float64.
 */
export async function measure(
  network: Sequential,
  {
    backend,
    data,
    loss: lossOf,
    metrics = {},
    batchSize = 256,
    meanOver = "examples",
    onBatch,
  }: MeasureOptions,
): Promise<Measured> {
  const examples = examplesOf(data);
  const order = Uint32Array.from({ length: examples.count }, (_, i) => i);
  const totals = new Totals(metrics);
  const turn = turns();
  for (const indices of batches(order, batchSize)) {
    await turn();
    await backend.step(async () => {
      const batch = await examples.batch(indices, backend.allocator);
      checkBatch("batch", batch, indices.length);
      const { out: prediction } = await network.forward(batch.x, {
        backend,
        mode: "evaluate",
        record: false,
      });
      const { target, weights = null } = batch;
      const { loss } = await lossOf(prediction.astype("float64"), target, weights);
      totals.add({ loss, prediction, target, weights });
      onBatch?.(prediction.clone(), totals.examples);
    });
  }
  return { loss: totals.loss(meanOver), metrics: totals.metrics(totals.weight) };
}
