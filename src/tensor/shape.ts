import { formatShape, reject } from "./errors.js";

/** Number of elements of a shape: the product of its extents, 1 for a scalar `[]`. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Strides, in elements, of a row-major layout: the last axis moves fastest. */
export function rowMajorStride(shape: readonly number[]): number[] {
  const stride = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    stride[axis] = step;
    step *= shape[axis]!;
  }
  return stride;
}

/** Are two shapes the same, extent by extent? */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** @throws InputError unless every extent is a whole number ≥ 0 and the total stays addressable */
export function checkShape(where: string, shape: readonly number[]): void {
  if (!shape.every((extent) => Number.isInteger(extent) && extent >= 0)) {
    reject(where, "extents that are whole numbers ≥ 0", `shape ${formatShape(shape)}`);
  }
  if (sizeOf(shape) > 2 ** 31) {
    reject(where, "at most 2³¹ elements", `shape ${formatShape(shape)} with ${sizeOf(shape)}`);
  }
}

/**
 * The shape two operands share after broadcasting: aligned at the last axis, extents must be equal or 1.
 *
 * @throws InputError when an axis has two different extents and neither is 1
 */
export function broadcastShape(where: string, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) {
    const extentA = a[axis - (rank - a.length)] ?? 1;
    const extentB = b[axis - (rank - b.length)] ?? 1;
    if (extentA !== extentB && extentA !== 1 && extentB !== 1) {
      reject(where, "shapes that broadcast (extents equal or 1, aligned at the last axis)", `${formatShape(a)} and ${formatShape(b)}`);
    }
    shape[axis] = extentA === 1 ? extentB : extentA;
  }
  return shape;
}

/**
 * Turns an axis that may count from the end (−1 is the last) into one that counts from the front.
 *
 * @throws InputError when there is no such axis
 */
export function resolveAxis(where: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    reject(where, `an axis from ${-rank} to ${rank - 1}`, String(axis), `the tensor has rank ${rank}`);
  }
  return axis < 0 ? axis + rank : axis;
}

/** Where the elements of a tensor lie in its memory. */
export interface Layout {
  readonly offset: number;
  readonly stride: readonly number[];
}

/**
 * Calls `visit` with the position, in each of up to three strided layouts, of every element of `shape`, in row-major order: an
 * odometer whose last wheel turns fastest. A layout that is left out stands still at 0.
 */
export function forEachPosition(
  shape: readonly number[],
  layouts: readonly [Layout, Layout?, Layout?],
  visit: (first: number, second: number, third: number) => void,
): void {
  if (sizeOf(shape) === 0) return;
  const rank = shape.length;
  const extent = rank === 0 ? 1 : shape[rank - 1]!;
  const [stepA, stepB, stepC] = [0, 1, 2].map((l) => layouts[l]?.stride[rank - 1] ?? 0) as [number, number, number];
  const positions = [0, 1, 2].map((l) => layouts[l]?.offset ?? 0);
  const index = new Array<number>(rank).fill(0);
  for (;;) {
    let [a, b, c] = positions as [number, number, number];
    for (let i = 0; i < extent; i++, a += stepA, b += stepB, c += stepC) visit(a, b, c);
    let axis = rank - 2; // the wheel before the last moves on, and carries
    for (; axis >= 0; axis--) {
      index[axis]!++;
      const isFull = index[axis] === shape[axis];
      const turns = isFull ? 1 - shape[axis]! : 1;
      for (let l = 0; l < layouts.length; l++) positions[l]! += layouts[l]!.stride[axis]! * turns;
      if (!isFull) break;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
