import {
  buildLoss,
  checkLossResult,
  type Loss,
  type LossDescription,
  type PassOptions,
} from "../backprop/index.js";
import {
  batches,
  checkBatch,
  type Examples,
  examplesOf,
  type LabelledImages,
} from "../data/index.js";
import { type Backend, checkBackend } from "../kernels/index.js";
import { checkIsNetwork, type Sequential } from "../network/index.js";
import {
  anything,
  checkOptions,
  oneOf,
  reject,
  required,
  type Rules,
  type Tensor,
  wholeNumber,
} from "../tensor/index.js";
import type { Metrics } from "./metrics.js";
import { type MeanOver, Totals } from "./totals.js";
import { whereNotFinite } from "./culprit.js";
import { turn } from "./turn.js";

/** Options of {@link measure}. `backend`, `data` and `loss` are required. */
export interface MeasureOptions {
  /** What the passes run on. */
  readonly backend: Backend;
  /** Examples that are taken in their order. */
  readonly data: Examples | LabelledImages;
  /** Such as `softmaxCrossEntropy()`, or a function of one's own. */
  readonly loss: LossDescription | Loss;
  /** What is measured besides, by name; nothing if left out. */
  readonly metrics?: Metrics | undefined;
  /** 256 if left out; no number depends on it but for rounding. */
  readonly batchSize?: number | undefined;
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
  /** In the unit of the loss; nats for softmax cross-entropy. */
  readonly loss: number;
  /** By the names that they were given under. */
  readonly metrics: Readonly<Record<string, number>>;
}

const rules: Rules<MeasureOptions> = {
  backend: required(anything("a backend")),
  data: required(anything("a data set")),
  loss: required(anything("a loss, such as softmaxCrossEntropy()")),
  metrics: anything("functions by name"),
  batchSize: wholeNumber(1),
  meanOver: oneOf(["examples", "batches"]),
  onBatch: { expected: "a function", accepts: (value) => typeof value === "function" },
};

/**
 * How well a network does on examples in their order, without changing it. Losses are computed in
 * float64.
 *
 * @throws InputError when an option is unknown, wrong or missing, or a loss is not finite: then
 *   with the name of the layer that overflows
 */
export async function measure(network: Sequential, options: MeasureOptions): Promise<Measured> {
  return measureAs("measure", "data", network, checkOptions("measure", options, rules));
}

/** The same, for a caller that speaks of itself in errors. */
export function measureAs(
  where: string,
  what: string,
  network: Sequential,
  options: MeasureOptions,
): Promise<Measured> {
  checkIsNetwork(where, network);
  checkBackend(where, options.backend);
  const data = examplesOf(options.data, where, what);
  return measureWith(network, { ...options, data }, where, ({ loss, place, blame }) =>
    reject(where, "a finite loss", `${loss} for ${place}`, blame),
  );
}

/** A loss that is not finite: of which examples, and which layer is to blame, in words. */
export interface BadLoss {
  readonly loss: number;
  readonly place: string;
  readonly blame: string;
}

/** The same, with options that have been checked and an error of the caller's own. */
export async function measureWith(
  network: Sequential,
  { backend, data, metrics = {}, batchSize = 256, ...options }: MeasureOptions,
  where: string,
  refuse: (bad: BadLoss) => never,
): Promise<Measured> {
  const { meanOver = "examples", onBatch } = options;
  const lossOf = buildLoss(options.loss);
  const examples = examplesOf(data, where);
  const order = Uint32Array.from({ length: examples.count }, (_, i) => i);
  const totals = new Totals(metrics);
  for (const indices of batches(order, batchSize)) {
    await turn();
    await backend.step(async () => {
      const batch = await examples.batch(indices, backend.allocator);
      checkBatch(where, batch, indices.length);
      const pass: PassOptions = {
        backend,
        mode: "evaluate",
        record: false,
      };
      const { out } = await network.forward(batch.x, pass);
      const prediction = await backend.read(out);
      const { target, weights = null } = batch;
      const found = await lossOf(prediction.astype("float64"), target, weights);
      checkLossResult(where, found);
      const { loss } = found;
      if (!Number.isFinite(loss)) {
        const blame = await whereNotFinite(network, batch.x, pass, indices);
        refuse({ loss, place: `examples ${indices[0]} to ${indices.at(-1)}`, blame });
      }
      totals.add({ loss, prediction, target, weights });
      onBatch?.(prediction.clone(), totals.examples);
    });
  }
  return { loss: totals.loss(meanOver), metrics: totals.metrics(totals.weight) };
}
