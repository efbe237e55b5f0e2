/**
 * What the gradient check works on: a function with its derivative, and the places where it has to
 * choose.
 */
import type { Tensor } from "../../tensor/index.js";

/** Named tensors: the arguments of a function, or the gradients with respect to them. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/**
 * Which branches a piecewise function took, such as a rectifier or a max pooling. Where one of them
 * changes is a kink.
 */
export interface Choices {
  /** What is chosen, for people: `the sign of x`, `the winner of window`. */
  readonly what: string;
  readonly shape: readonly number[];
  /**
   * One whole number a choice, in row-major order; a copy, since the check moves the input later
   * on.
   */
  readonly taken: ArrayLike<number>;
}

/**
 * A function with its derivative: from named inputs to an output, and from an upstream gradient
 * back to all inputs. `after` holds what a layer keeps from one pass to the next, as this pass
 * leaves it.
 */
export type Differentiable = (inputs: NamedTensors) => Promise<{
  readonly out: Tensor;
  readonly backward: (dOut: Tensor) => Promise<NamedTensors>;
  readonly after?: NamedTensors;
  /**
   * Left out by functions that do not say, whose kinks are then found by their slopes. An empty
   * list says that there are none.
   */
  readonly choices?: readonly Choices[];
}>;

/**
 * The choices of a rectifier, and of all that have their corner at 0: on which side of it each
 * entry lies.
 */
export function signsOf(x: Tensor): Choices {
  return {
    what: "the sign of",
    shape: x.shape,
    taken: Int8Array.from(x.contiguous().data, (value) => (value > 0 ? 1 : 0)),
  };
}

/** The choices of a max pooling: which pixel wins each window. */
export function winnersOf(argmax: Int32Array, outShape: readonly number[]): Choices {
  return { what: "the winner of window", shape: outShape, taken: Int32Array.from(argmax) };
}

/** The index of entry number `entry` in row-major order. */
export function unravel(entry: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = entry; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}

/** The number of the entry with this index: the inverse of {@link unravel}. */
export function ravel(index: readonly number[], shape: readonly number[]): number {
  return index.reduce((entry, i, axis) => entry * shape[axis]! + i, 0);
}
