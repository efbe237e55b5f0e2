import type { IKernelFunctionThis } from "./gpujs.js";

/**
 * The whole numbers that a product is told: how long its sums are, and how far apart, in elements,
 * neighbours lie in its flat operands. A transposed operand has two of its steps exchanged, one
 * matrix that serves the whole batch has a `matrix` step of 0, and nothing is moved in memory.
 */
export interface ProductNumbers {
  /** How many products are added up in each result: 1 for `matmul`, K for `matmulSum`. */
  readonly terms: number;
  readonly M: number;
  readonly N: number;
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
}

/** In the order in which {@link productQuad} reads them. */
export function productNumbers(of: ProductNumbers): Int32Array {
  return Int32Array.of(
    ...[of.terms, of.M, of.N, of.I],
    ...[of.termA, of.matrixA, of.rowA, of.stepA],
    ...[of.termB, of.matrixB, of.columnB, of.stepB],
  );
}

/**
 * Four entries of a batch of products, one below the other: column `thread.x` of matrix `thread.z`,
 * from row 4 · `thread.y` on. Each number of b is loaded once for the four. Rows past M repeat the
 * last one, to be thrown away.
 *
 * gpu.js never calls this function. It reads its source and writes it anew for the device, so it
 * stays plain: no other function, no closure. Except in mode `cpu`, its variables become float32.
 * For a position that is exact up to 2²⁴. For a sum it is not, so each term has a sum of
 * its own, which keeps the rounding errors of many terms down.
 *
 * @param a all matrices of the first operand, flat
 * @param b all matrices of the second operand, flat
 * @param numbers {@link productNumbers}
 */
export function productQuad(
  this: IKernelFunctionThis,
  a: number[],
  b: number[],
  numbers: number[],
): number[] {
  const terms = numbers[0]!;
  const lastRow = numbers[1]! - 1;
  const I = numbers[3]!;
  const rowA = numbers[6]!;
  const stepA = numbers[7]!;
  const stepB = numbers[11]!;
  const row = 4 * this.thread.y;
  const down1 = (Math.min(row + 1, lastRow) - row) * rowA;
  const down2 = (Math.min(row + 2, lastRow) - row) * rowA;
  const down3 = (Math.min(row + 3, lastRow) - row) * rowA;
  const x = Math.min(this.thread.x, numbers[2]! - 1);
  const startA = this.thread.z * numbers[5]! + row * rowA;
  const startB = this.thread.z * numbers[9]! + x * numbers[10]!;
  let c0 = 0;
  let c1 = 0;
  let c2 = 0;
  let c3 = 0;
  // (matmul.13) c[z, y, x] = Σₖ Σᵢ a[k, z, y, i] · b[k, z, i, x]
  for (let k = 0; k < terms; k++) {
    let atA = startA + k * numbers[4]!;
    let atB = startB + k * numbers[8]!;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = 0; i < I; i++) {
      const v = b[atB]!;
      s0 += a[atA]! * v;
      s1 += a[atA + down1]! * v;
      s2 += a[atA + down2]! * v;
      s3 += a[atA + down3]! * v;
      atA += stepA;
      atB += stepB;
    }
    c0 += s0;
    c1 += s1;
    c2 += s2;
    c3 += s3;
  }
  return [c0, c1, c2, c3];
}
