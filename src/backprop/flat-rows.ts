/** What softmax and its loss need of the rows of a matrix, in loops over flat memory. */
import { type Data, type DType, formatShape, reject, Tensor } from "../tensor/index.js";

/** The largest of some numbers that lie side by side; NaN if one of them is. */
export function largestOf(values: Data, from: number, to: number): number {
  let largest = -Infinity;
  for (let i = from; i < to; i++) largest = Math.max(largest, values[i]!);
  return largest;
}

/** Rounds a number as an element type stores it. */
export function roundedTo(dtype: DType): (value: number) => number {
  return dtype === "float32" ? Math.fround : (value) => value;
}

/** Zeros of the shape and the element type of a tensor: what is about to be filled. */
export function zerosLike({ shape, dtype }: Tensor): Tensor {
  return Tensor.zeros(shape, dtype);
}

/** How many numbers a row has, along the last axis. @throws InputError when there is none */
export function lastExtent(where: string, x: Tensor): number {
  const extent = x.shape.at(-1);
  if (!extent) reject(where, "rows of at least one number", `shape ${formatShape(x.shape)}`);
  return extent;
}
