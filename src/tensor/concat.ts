import { resolveAxis } from "./axes.js";
import { formatShape, reject } from "./errors.js";
import { checkShape, sizeOf } from "./shape.js";
import { type Allocator, heapAllocator } from "./storage.js";
import { Tensor } from "./tensor.js";
import { whatIs } from "./what-is.js";

/**
 * Tensors one after the other along an axis that they have: [2, 3] and [2, 5] along axis 1 give
 * [2, 8]. A new tensor.
 *
 * @param tensors at least one, of one element type, and of one shape but for this axis
 * @param axis −1 is the last
 * @throws InputError when there is none, when they do not fit together, or there is no such axis
 */
export function concat(
  tensors: readonly Tensor[],
  axis: number,
  allocator: Allocator = heapAllocator,
): Tensor {
  if (!Array.isArray(tensors)) reject("concat", "an array of tensors", whatIs(tensors));
  const other = tensors.findIndex((one: unknown) => !(one instanceof Tensor));
  if (other >= 0) reject("concat", "tensors alone", `${whatIs(tensors[other])} at place ${other}`);
  const [first] = tensors as readonly Tensor[];
  if (first === undefined) reject("concat", "at least one tensor", "none");
  const { dtype, rank } = first;
  const along = resolveAxis("concat", axis, rank);
  const shape = [...first.shape];
  shape[along] = tensors.reduce((total, one) => total + (one.shape[along] ?? 0), 0);
  for (const [n, one] of tensors.entries()) checkPart(n, one, first, along);
  checkShape("concat", shape);
  const out = Tensor.over(allocator.allocate(dtype, sizeOf(shape), "written over"), shape);
  const before = sizeOf(shape.slice(0, along));
  const whole = out.size / before;
  let start = 0;
  for (const one of tensors) {
    const from = one.contiguous().data;
    const part = from.length / before;
    for (let i = 0; i < before; i++)
      out.data.set(from.subarray(i * part, (i + 1) * part), i * whole + start);
    start += part;
  }
  return out;
}

/** @throws InputError unless the n-th tensor goes with the first one */
function checkPart(n: number, one: Tensor, first: Tensor, along: number): void {
  if (one.dtype !== first.dtype)
    reject(
      "concat",
      `tensors of one element type, ${first.dtype}`,
      `${one.dtype} at position ${n}`,
      "convert one with astype",
    );
  const isSame = (extent: number, axis: number): boolean =>
    axis === along || extent === first.shape[axis];
  if (one.rank !== first.rank || !one.shape.every(isSame))
    reject(
      "concat",
      `tensors of one shape but for axis ${along}, ${formatShape(first.shape)}`,
      `${formatShape(one.shape)} at position ${n}`,
    );
}
