/**
 * Axes as arguments, the same way everywhere. A function that works along one axis takes `axis`, a
 * number; one that works over several takes `axes`, a number or an array. Either counts from 0, or
 * from the end with −1 for the last, as in NumPy and PyTorch.
 */
import { formatShape, reject } from "./errors.js";
import { shown } from "./what-is.js";

/**
 * Turns an axis that may count from the end into one that counts from the front.
 *
 * @throws InputError when there is no such axis
 */
export function resolveAxis(where: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const expected = rank === 0 ? "a tensor with axes" : `an axis from ${-rank} to ${rank - 1}`;
    const got = rank === 0 ? `one of rank 0 and axis ${axis}` : shown(axis);
    reject(where, expected, got, rank === 0 ? undefined : `the tensor has rank ${rank}`);
  }
  return axis < 0 ? axis + rank : axis;
}

/**
 * The same for any number of axes, in their order.
 *
 * @throws InputError when one of them does not exist or is named twice
 */
export function resolveAxes(
  where: string,
  axes: number | readonly number[],
  rank: number,
): readonly number[] {
  const named = [axes].flat();
  const resolved = named.map((axis) => resolveAxis(where, axis, rank));
  if (new Set(resolved).size !== resolved.length)
    reject(where, "each axis once", formatShape(named));
  return resolved;
}
