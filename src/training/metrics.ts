import type { Target } from "../backprop/index.js";
import { argmax, formatShape, reject, Tensor } from "../tensor/index.js";

/**
 * What is measured besides the loss: a number for each of the N examples of a batch, or one number
 * that is their mean. Over a data set it is averaged over the examples, by their weights.
 */
export type Metric = (prediction: Tensor, target: Target) => number | ArrayLike<number>;

/** Metrics by the names that they go by in events. */
export type Metrics = Readonly<Record<string, Metric>>;

/**
 * 1 for each example whose largest logit is at its class, and 0 for all others: their mean is the
 * accuracy.
 *
 * @param logits [N, C]
 * @param target N class numbers
 * @throws InputError when there are not at least two classes to choose from
 */
export function accuracy(logits: Tensor, target: Target): Uint8Array {
  const isVector = !(target instanceof Tensor) || target.rank === 1;
  if (logits.rank !== 2 || logits.shape[1]! < 2 || !isVector)
    reject(
      "accuracy",
      "logits [N, C] of at least two classes, and N class numbers",
      `${formatShape(logits.shape)} and ${
        target instanceof Tensor ? formatShape(target.shape) : `${target.length} numbers`
      }`,
    );
  const labels = target instanceof Tensor ? target.contiguous().data : target;
  const guesses = argmax(logits, 1);
  return Uint8Array.from(labels, (label, n) => Number(guesses[n] === label));
}

/**
 * How many rows have their largest logit at the right class.
 *
 * @param logits [N, C]
 * @param labels N classes
 * @throws InputError when there are not at least two classes to choose from
 */
export function countCorrect(logits: Tensor, labels: ArrayLike<number>): number {
  return accuracy(logits, labels).reduce((total, isRight) => total + isRight, 0);
}

/**
 * A metric summed over a batch, each example times its weight.
 *
 * @param weight the sum of the weights
 * @throws InputError when there is neither one number nor one for each example
 */
export function sumOfMetric(
  name: string,
  value: number | ArrayLike<number>,
  weights: ArrayLike<number> | null,
  { count, weight }: { readonly count: number; readonly weight: number },
): number {
  if (typeof value === "number") return value * weight;
  if (value?.length !== count)
    reject(
      `metric ${name}`,
      `a number, or one for each of ${count} examples`,
      value?.length === undefined ? typeof value : `${value.length} of them`,
    );
  let total = 0;
  for (let n = 0; n < count; n++) total += value[n]! * (weights?.[n] ?? 1);
  return total;
}
