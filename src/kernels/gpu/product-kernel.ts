import type { IKernelFunctionThis } from "./gpujs.js";

/**
 * The whole numbers that distinguish one compiled kernel from another: how long its sums are, and
 * how far apart, in elements, neighbours lie in its flat operands. A transposed operand has two of
 * its steps exchanged, one matrix that serves the whole batch has a `matrix` step of 0, and nothing
 * is moved in memory.
 */
export type ProductConstants = {
  /** How many products are added up in each result: 1 for `matmul`, K for `matmulSum`. */
  readonly terms: number;
  readonly I: number;
  /** In `a`, from one term, matrix of the batch, row and i to the next. */
  readonly termA: number;
  readonly matrixA: number;
  readonly rowA: number;
  readonly stepA: number;
  /** In `b`, from one term, matrix of the batch, column and i to the next. */
  readonly termB: number;
  readonly matrixB: number;
  readonly columnB: number;
  readonly stepB: number;
};

/**
 * How many entries an operand or a result of one call may have: float32 counts to here without
 * gaps.
 */
export const MOST_ENTRIES = 2 ** 24;

/**
 * One entry of a batch of products, in row `thread.y` and column `thread.x` of matrix `thread.z` of
 * the result: `c[z, y, x] = Σₖ Σᵢ a[k, z, y, i] · b[k, z, i, x]`
 *
 * gpu.js never calls this function. It reads its source and writes it anew for the device, so it
 * stays plain: no other function, no closure. Except in mode `cpu`, its variables become float32.
 * For a position that is exact up to {@link MOST_ENTRIES}. For a sum it is not, so each term has a
 * sum of its own, which keeps the rounding errors of many terms down.
 *
 * @param a all matrices of the first operand, flat
 * @param b all matrices of the second operand, flat
 */
export function productEntry(
  this: IKernelFunctionThis<ProductConstants>,
  a: number[],
  b: number[],
): number {
  let total = 0;
  for (let k = 0; k < this.constants.terms; k++) {
    let atA =
      k * this.constants.termA +
      this.thread.z * this.constants.matrixA +
      this.thread.y * this.constants.rowA;
    let atB =
      k * this.constants.termB +
      this.thread.z * this.constants.matrixB +
      this.thread.x * this.constants.columnB;
    let term = 0;
    for (let i = 0; i < this.constants.I; i++) {
      term += a[atA] * b[atB];
      atA += this.constants.stepA;
      atB += this.constants.stepB;
    }
    total += term;
  }
  return total;
}
