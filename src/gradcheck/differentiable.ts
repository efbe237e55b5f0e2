/** What the gradient check works on: a function of named tensors, with its derivative. */
import type { Choices } from "../backprop/index.js";
import type { Tensor } from "../tensor/index.js";

/** Named tensors: the arguments of a function, or the gradients with respect to them. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/**
 * A function with its derivative: from named inputs to an output, and from an upstream gradient
 * back to all inputs.
 */
export type Differentiable = (inputs: NamedTensors) => Promise<{
  /** Of any shape; [] for a loss. */
  readonly out: Tensor;
  /** From dOut, of `out`'s shape, to the gradient of each input, of its shape. */
  readonly backward: (dOut: Tensor) => Promise<NamedTensors>;
  /**
   * What a layer keeps from one pass to the next, such as running statistics, as this pass leaves
   * it.
   */
  readonly after?: NamedTensors;
  /**
   * Left out by functions that do not say, whose kinks are then found by their slopes. An empty
   * list says that there are none.
   */
  readonly choices?: readonly Choices[];
}>;

/** The tensor of this name, however it is called: `constructor` is a name like any other. */
export function own(tensors: NamedTensors, name: string): Tensor | undefined {
  return Object.hasOwn(tensors, name) ? tensors[name] : undefined;
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
