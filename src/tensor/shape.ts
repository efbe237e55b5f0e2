import { formatShape, reject } from "./errors.js";

/** Number of elements of a shape: the product of its extents, 1 for a scalar `[]`. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
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

/** Is a layout the row-major one? The stride of an axis with one entry does not matter. */
export function isRowMajor(shape: readonly number[], stride: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (stride[axis] !== step && shape[axis] !== 1) return false;
    step *= shape[axis]!;
  }
  return true;
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
 * The shape two operands share after broadcasting: aligned at the last axis, extents must be equal
 * or 1.
 *
 * @throws InputError when an axis has two different extents and neither is 1
 */
export function broadcastShape(
  where: string,
  a: readonly number[],
  b: readonly number[],
): number[] {
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) {
    const extentA = a[axis - (rank - a.length)] ?? 1;
    const extentB = b[axis - (rank - b.length)] ?? 1;
    if (extentA !== extentB && extentA !== 1 && extentB !== 1) {
      reject(
        where,
        "shapes that broadcast (extents equal or 1, aligned at the last axis)",
        `${formatShape(a)} and ${formatShape(b)}`,
      );
    }
    shape[axis] = extentA === 1 ? extentB : extentA;
  }
  return shape;
}

/** Where the elements of a tensor lie in its memory. */
export interface Layout {
  readonly offset: number;
  readonly stride: readonly number[];
}

/**
 * Calls `visit` for every row of `shape`, a row being what the last axis runs over, with the
 * position of its first element in each of up to three strided layouts. Rows come in row-major
 * order: an odometer whose last wheel turns fastest. The caller's own loop goes along the row, by
 * the layouts' last strides, which is faster than a call for each element.
 */
export function forEachRow(
  shape: readonly number[],
  layouts: readonly [Layout, Layout?, Layout?],
  visit: (first: number, second: number, third: number) => void,
): void {
  if (sizeOf(shape) === 0) return;
  const positions = [0, 1, 2].map((l) => layouts[l]?.offset ?? 0) as [number, number, number];
  const index = new Array<number>(shape.length).fill(0);
  for (;;) {
    visit(positions[0], positions[1], positions[2]);
    let axis = shape.length - 2; // the wheel before the last moves on, and carries
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

/**
 * How many elements a row of `shape` has, and the step from one to the next in each layout. A
 * scalar is a row of one.
 */
export function rowOf(
  shape: readonly number[],
  ...layouts: readonly Layout[]
): { readonly length: number; readonly steps: readonly number[] } {
  const last = shape.length - 1;
  return {
    length: last < 0 ? 1 : shape[last]!,
    steps: layouts.map(({ stride }) => (last < 0 ? 0 : stride[last]!)),
  };
}
