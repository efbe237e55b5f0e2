/** What a data set is: `{ count, batch(indices) → { x, target } }`. */
import type { Target } from "../backprop/index.js";
import { type Allocator, formatShape, reject, Tensor } from "../tensor/index.js";

/** Some examples, as a network and a loss take them. */
export interface Batch {
  /** [N, …] */
  readonly x: Tensor;
  /** N class numbers, or a tensor [N, …]. */
  readonly target: Target;
  /** How much each of the N examples counts in the loss; all alike if left out. */
  readonly weights?: ArrayLike<number> | null;
}

/** Where training takes its examples from: any object with these two. */
export interface Examples {
  /** How many examples there are, at least 1. */
  readonly count: number;
  /**
   * The examples of the given indices, in their order; N of them.
   *
   * @param indices of the examples, from 0 to `count − 1`, in any order
   * @param allocator where x is to live; JavaScript's heap if left out
   */
  batch(indices: ArrayLike<number>, allocator?: Allocator): Batch | Promise<Batch>;
}

/** Examples that are at hand, and need not be waited for. */
export interface ReadyExamples extends Examples {
  /** As {@link Examples.batch}, but synchronous. */
  batch(indices: ArrayLike<number>, allocator?: Allocator): Batch;
}

/** @throws InputError unless there is at least one index, and all are from 0 to count − 1 */
export function checkIndices(where: string, indices: ArrayLike<number>, count: number): void {
  if (!(indices?.length >= 1))
    reject(where, "at least one index", indices?.length === 0 ? "none" : typeof indices);
  for (let n = 0; n < indices.length; n++) {
    const index = indices[n]!;
    if (!(Number.isInteger(index) && index >= 0 && index < count))
      reject(where, `indices from 0 to ${count - 1}`, `${index} at position ${n}`);
  }
}

/**
 * Refuses a batch whose x, target and weights are not of one count.
 *
 * @throws InputError when a batch does not hold `count` examples
 */
export function checkBatch(where: string, { x, target, weights }: Batch, count: number): void {
  if (!(x instanceof Tensor)) reject(where, "a tensor x", typeof x);
  if (x.shape[0] !== count)
    reject(where, `x of ${count} examples, [${count}, …]`, formatShape(x.shape));
  const targets = target instanceof Tensor ? target.shape[0] : target?.length;
  if (targets !== count)
    reject(where, `a target for each of ${count} examples`, `${targets ?? "no"} targets`);
  if (weights != null && weights.length !== count)
    reject(where, `a weight for each of ${count} examples`, `${weights.length} weights`);
}
