import { resolveAxes, resolveAxis } from "./axes.js";
import { formatShape, reject } from "./errors.js";
import { checkOptions, flag, type Rules } from "./options.js";
import { forEachRow, rowOf, sizeOf } from "./shape.js";
import type { Data } from "./storage.js";
import { Tensor } from "./tensor.js";

/** Over which axes {@link sum}, {@link mean}, {@link max} or {@link min} goes. */
export interface ReduceOptions {
  /** Which axes a reduction removes, one or several; −1 is the last. All of them if left out. */
  readonly axes?: number | readonly number[];
  /** Whether they stay, with extent 1; false if left out. */
  readonly keepDims?: boolean;
}

const rules: Rules<ReduceOptions> = {
  axes: {
    expected: "an axis or an array of axes",
    accepts: (value) => [value].flat().every((axis) => typeof axis === "number"),
  },
  keepDims: flag,
};

/**
 * Sum over the given axes, added up in float64 in row-major order; 0 over none. A new tensor.
 *
 * @throws InputError when there is no such axis, or an option is unknown
 */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("sum", x, options, 0, addRow);
}

/**
 * Arithmetic mean over the given axes, added up in float64. A new tensor.
 *
 * @throws InputError as {@link sum}, and when the axes hold no element
 */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const out = reduce("mean", x, options, 0, addRow, (total, count) => total / count);
  if (!(x.size / out.size > 0))
    reject("mean", "at least one element to average", `shape ${formatShape(x.shape)}`);
  return out;
}

/**
 * Largest element over the given axes; NaN if one of them is NaN. A new tensor.
 *
 * @throws InputError as {@link sum}, and when x has no element
 */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  if (x.size === 0) reject("max", "at least one element", `shape ${formatShape(x.shape)}`);
  return reduce("max", x, options, -Infinity, maxRow);
}

/**
 * Smallest element over the given axes; NaN if one of them is NaN. A new tensor.
 *
 * @throws InputError as {@link sum}, and when x has no element
 */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  if (x.size === 0) reject("min", "at least one element", `shape ${formatShape(x.shape)}`);
  return reduce("min", x, options, Infinity, minRow);
}

/**
 * Combines a row of numbers with the results that they belong to. A whole row at a time, because a
 * call for each number takes longer than the number.
 */
type CombineRow = (
  totals: Float64Array,
  into: number,
  stepInto: number,
  data: Data,
  from: number,
  stepFrom: number,
  length: number,
) => void;

const addRow: CombineRow = (totals, into, stepInto, data, from, stepFrom, length) => {
  for (let i = 0; i < length; i++) totals[into + i * stepInto]! += data[from + i * stepFrom]!;
};

const maxRow: CombineRow = (totals, into, stepInto, data, from, stepFrom, length) => {
  for (let i = 0; i < length; i++)
    totals[into + i * stepInto] = Math.max(
      totals[into + i * stepInto]!,
      data[from + i * stepFrom]!,
    );
};

const minRow: CombineRow = (totals, into, stepInto, data, from, stepFrom, length) => {
  for (let i = 0; i < length; i++)
    totals[into + i * stepInto] = Math.min(
      totals[into + i * stepInto]!,
      data[from + i * stepFrom]!,
    );
};

/**
 * Index of the largest element along one axis, the first in case of a tie; a NaN is passed over
 * unless it comes first.
 *
 * @param axis −1 is the last
 * @returns one index per remaining position, in row-major order of the shape without that axis
 * @throws InputError when there is no such axis, or nothing along it
 */
export function argmax(x: Tensor, axis: number): Int32Array {
  const along = resolveAxis("argmax", axis, x.rank);
  const extent = x.shape[along]!;
  if (extent === 0)
    reject("argmax", "at least one element along the axis", `shape ${formatShape(x.shape)}`);
  const rest = x.shape.filter((_, a) => a !== along);
  const restStride = x.stride.filter((_, a) => a !== along);
  const step = x.stride[along]!;
  const data = x.data;
  const indices = new Int32Array(sizeOf(rest));
  let next = 0;
  const { length, steps } = rowOf(rest, { offset: 0, stride: restStride });
  forEachRow(rest, [{ offset: x.offset, stride: restStride }], (row) => {
    for (let r = 0; r < length; r++) {
      const start = row + r * steps[0]!;
      let best = 0;
      for (let i = 1; i < extent; i++) {
        if (data[start + i * step]! > data[start + best * step]!) best = i;
      }
      indices[next++] = best;
    }
  });
  return indices;
}

function reduce(
  where: string,
  x: Tensor,
  options: ReduceOptions,
  start: number,
  combine: CombineRow,
  finish?: (total: number, count: number) => number,
): Tensor {
  const { axes = x.shape.map((_, axis) => axis), keepDims = false } = checkOptions(
    where,
    options,
    rules,
  );
  const reduced = new Set(resolveAxes(where, axes, x.rank));
  const kept = x.shape.map((extent, axis) => (reduced.has(axis) ? 1 : extent));
  const totals = new Float64Array(sizeOf(kept)).fill(start);
  const layout = Tensor.wrap(totals, kept).broadcastTo(x.shape);
  const data = x.data;
  const { length, steps } = rowOf(x.shape, x, layout);
  const [stepFrom, stepInto] = steps as [number, number];
  forEachRow(x.shape, [x, layout], (from, into) =>
    combine(totals, into, stepInto, data, from, stepFrom, length),
  );
  if (finish !== undefined)
    totals.forEach((total, i) => (totals[i] = finish(total, x.size / totals.length)));
  const shape = keepDims ? kept : x.shape.filter((_, axis) => !reduced.has(axis));
  return Tensor.from(totals, shape, x.dtype);
}
