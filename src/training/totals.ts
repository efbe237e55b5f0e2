import type { Target } from "../backprop/index.js";
import type { Tensor } from "../tensor/index.js";
import { type Metrics, sumOfMetric } from "./metrics.js";

/** What came of a batch. */
interface Outcome {
  /** The mean over the batch's examples, by their weights. */
  readonly loss: number;
  readonly prediction: Tensor;
  readonly target: Target;
  readonly weights?: ArrayLike<number> | null;
}

/** What a mean loss over many examples is the mean of. */
export type MeanOver = "examples" | "batches";

/** What the means of an epoch are made of, as plain data: JSON keeps it to the bit. */
export interface Sums {
  /** Sum of the examples' losses, each times its weight. */
  readonly loss: number;
  /** Sum of the batches' mean losses, each counted once whatever the batch's size. */
  readonly batchLosses: number;
  /** By name, sums of a metric over the examples, each times its weight. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Sum of the examples' weights; their number where all count alike. */
  readonly weight: number;
  /** Number of examples. */
  readonly examples: number;
  /** Number of batches. */
  readonly batches: number;
}

/** Loss and metrics, summed over batches of different sizes. */
export class Totals {
  readonly #metrics: Metrics;
  readonly #sums: Record<string, number>;
  /** Sum of the examples' losses, each times its weight. */
  #loss = 0;
  #batchLosses = 0;
  /** Sum of the examples' weights; their number where all count alike. */
  weight = 0;
  examples = 0;
  batches = 0;

  /** @param from the sums to go on from, of the same metrics; all 0 if left out */
  constructor(metrics: Metrics, from?: Sums) {
    this.#metrics = metrics;
    this.#sums = Object.fromEntries(
      Object.keys(metrics).map((name) => [name, from?.metrics[name] ?? 0]),
    );
    if (from === undefined) return;
    this.#loss = from.loss;
    this.#batchLosses = from.batchLosses;
    this.weight = from.weight;
    this.examples = from.examples;
    this.batches = from.batches;
  }

  get sums(): Sums {
    const { weight, examples, batches } = this;
    const sums = { loss: this.#loss, batchLosses: this.#batchLosses, metrics: { ...this.#sums } };
    return { ...sums, weight, examples, batches };
  }

  add({ loss, prediction, target, weights = null }: Outcome): void {
    const count = prediction.shape[0]!;
    const weight = weights === null ? count : sum(weights);
    for (const [name, metric] of Object.entries(this.#metrics))
      this.#sums[name]! += sumOfMetric(name, metric(prediction, target), weights, {
        count,
        weight,
      });
    this.#loss += loss * weight;
    this.#batchLosses += loss;
    this.weight += weight;
    this.examples += count;
    this.batches++;
  }

  /** The mean loss over all examples, or over the batches' means, however small a batch is. */
  loss(over: MeanOver): number {
    // where no example counts, there is no loss
    if (over === "examples") return this.weight === 0 ? 0 : this.#loss / this.weight;
    return this.#batchLosses / this.batches;
  }

  /** The means of the metrics, by name, if the examples so far weigh `weight` together. */
  metrics(weight: number): Readonly<Record<string, number>> {
    return Object.fromEntries(
      Object.entries(this.#sums).map(([name, total]) => [name, weight === 0 ? 0 : total / weight]),
    );
  }
}

export function sum(weights: ArrayLike<number>): number {
  let total = 0;
  for (let n = 0; n < weights.length; n++) total += weights[n]!;
  return total;
}
