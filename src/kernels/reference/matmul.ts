import {
  type Allocator,
  broadcastShape,
  type Data,
  formatShape,
  reject,
  sameShape,
  sizeOf,
  Tensor,
} from "../../tensor/index.js";
import type { MatmulOptions } from "../backend.js";
import { gemmSparse } from "./gemm-sparse.js";
import { gemmTiled } from "./gemm-tiled.js";
import { type MatrixView, transposed } from "./matrix.js";

/**
 * Below this share of non-zeros, walking a list of them is faster than multiplying everything
 * (measured by `bench/gemm.mjs`).
 */
const SPARSE_BELOW = 0.5;

/** What is asked of an operand before it is read. */
type Operand = Pick<Tensor, "shape" | "dtype">;

/** The extents of one product. */
export interface ProductExtents {
  readonly M: number;
  readonly N: number;
  readonly I: number;
  readonly batchA: readonly number[];
  readonly batchB: readonly number[];
}

/** The extents and the operands, contiguous. */
export interface Product extends ProductExtents {
  readonly a: Tensor;
  readonly b: Tensor;
}

/**
 * Reads the extents of a product off its operands.
 *
 * @throws InputError when they do not fit together
 */
export function productExtents(
  where: string,
  a: Operand,
  b: Operand,
  options: MatmulOptions,
): ProductExtents {
  const fits = a.shape.length >= 2 && b.shape.length >= 2 && a.dtype === b.dtype;
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [M, I] = options.transposeA === true ? [columnsA, rowsA] : [rowsA, columnsA];
  const [innerB, N] = options.transposeB === true ? [columnsB, rowsB] : [rowsB, columnsB];
  if (!fits || I !== innerB) {
    const [left, right] = [
      options.transposeA === true ? "aᵀ" : "a",
      options.transposeB === true ? "bᵀ" : "b",
    ];
    reject(
      where,
      `operands of one element type whose inner extents agree in ${left} · ${right}`,
      `a ${formatShape(a.shape)} ${a.dtype} and b ${formatShape(b.shape)} ${b.dtype}`,
    );
  }
  return { M, N, I, batchA: a.shape.slice(0, -2), batchB: b.shape.slice(0, -2) };
}

/** The same together with the operands, contiguous. @throws InputError as {@link productExtents} */
export function planProduct(where: string, a: Tensor, b: Tensor, options: MatmulOptions): Product {
  return { a: a.contiguous(), b: b.contiguous(), ...productExtents(where, a, b, options) };
}

/** See {@link Backend.matmul}. */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions, allocator: Allocator): Tensor {
  const product = planProduct("matmul", a, b, options);
  const { M, N, batchA, batchB } = product;
  const batch = broadcastShape("matmul", batchA, batchB);
  const c = Tensor.zeros([...batch, M, N], a.dtype, allocator);
  startFromBias(c.data, product, batch, options);
  const whichA = matrixIndices(batchA, batch);
  const whichB = matrixIndices(batchB, batch);
  const multiply = chooseGemm(product);
  for (let n = 0; n < whichA.length; n++) {
    multiply(
      operand(product.a, whichA[n]!, options.transposeA),
      operand(product.b, whichB[n]!, options.transposeB),
      matrixAt(c.data, n, M, N),
    );
  }
  return c;
}

/** See {@link Backend.matmulSum}. The sum runs in float64 and is rounded once. */
export function matmulSum(
  a: Tensor,
  b: Tensor,
  options: MatmulOptions,
  allocator: Allocator,
): Tensor {
  const product = planProduct("matmulSum", a, b, options);
  const { M, N, batchA, batchB } = product;
  if (batchA.length === 0 || !sameShape(batchA, batchB)) {
    reject(
      "matmulSum",
      "operands with the same batch axes, at least one",
      `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  }
  const perTerm = sizeOf(batchA.slice(1));
  const totals = new Float64Array(perTerm * M * N);
  const multiply = chooseGemm(product);
  for (let k = 0; k < batchA[0]! * perTerm; k++) {
    multiply(
      operand(product.a, k, options.transposeA),
      operand(product.b, k, options.transposeB),
      matrixAt(totals, k % perTerm, M, N),
    );
  }
  return Tensor.from(totals, [...batchA.slice(1), M, N], a.dtype, allocator);
}

/**
 * Looks at the operands and picks the product that does the least work: over the non-zeros of a,
 * over those of b (by computing Cᵀ += Bᵀ · Aᵀ), or over everything. A zero may be skipped only
 * where its product is 0: 0 · NaN and 0 · ∞ are NaN, so then everything is multiplied.
 */
function chooseGemm({
  a,
  b,
  M,
  N,
  I,
}: Product): (A: MatrixView, B: MatrixView, C: MatrixView) => void {
  const [extents, turned] = [
    { M, N, I },
    { M: N, N: M, I },
  ];
  if (density(a.data) < SPARSE_BELOW && isFinite(b.data))
    return (A, B, C) => gemmSparse(extents, A, B, C);
  if (density(b.data) < SPARSE_BELOW && isFinite(a.data))
    return (A, B, C) => gemmSparse(turned, transposed(B), transposed(A), transposed(C));
  return (A, B, C) => gemmTiled(extents, A, B, C);
}

/** Are all numbers finite? */
function isFinite(data: Data): boolean {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false;
  return true;
}

/** About how many entries, evenly spaced, tell sparse from dense. */
const SAMPLES = 256;

/** Share of the entries that are not 0, estimated: a wrong guess costs time, never a digit. */
export function density(data: Data): number {
  // odd, for most matrices have an even width, and one column is no sample
  const step = Math.floor(data.length / SAMPLES) | 1;
  let nonZero = 0;
  for (let i = 0; i < data.length; i += step) if (data[i] !== 0) nonZero++;
  return (nonZero * step) / data.length;
}

/** Matrix `index` of a contiguous stack of rows×columns matrices. */
function matrixAt(data: Data, index: number, rows: number, columns: number): MatrixView {
  return { data, offset: index * rows * columns, rowStride: columns, columnStride: 1 };
}

function operand(stack: Tensor, index: number, transpose: boolean | undefined): MatrixView {
  const [rows, columns] = stack.shape.slice(-2) as [number, number];
  const matrix = matrixAt(stack.data, index, rows, columns);
  return transpose === true ? transposed(matrix) : matrix;
}

/**
 * For each matrix of the broadcast batch, which matrix of this operand it uses. As integers: a
 * position computed from a float64 would stay one, and the inner loops would convert it at every
 * load (1.6 times slower).
 */
export function matrixIndices(own: readonly number[], batch: readonly number[]): Int32Array {
  const numbers = Float64Array.from({ length: sizeOf(own) }, (_, n) => n);
  return Int32Array.from(Tensor.wrap(numbers, own).broadcastTo(batch).contiguous().data);
}

/** @throws InputError when a bias has another shape than the product needs */
export function checkBiases(
  { M, N, batchA }: ProductExtents,
  a: readonly number[],
  { rowBias, columnBias }: MatmulOptions,
): void {
  const shape = [...batchA, M];
  if (rowBias && !sameShape(rowBias.shape, shape) && !sameShape(rowBias.shape, [M]))
    reject(
      "matmul",
      `a rowBias of shape ${formatShape(shape)}`,
      formatShape(rowBias.shape),
      `a is ${formatShape(a)}`,
    );
  if (columnBias && !sameShape(columnBias.shape, [N]))
    reject("matmul", `a columnBias of shape [${N}]`, formatShape(columnBias.shape));
}

/** Fills c [..., M, N] with what its sums start from. @throws InputError as {@link checkBiases} */
export function startFromBias(
  c: Data,
  product: Product,
  batch: readonly number[],
  options: MatmulOptions,
): void {
  checkBiases(product, product.a.shape, options);
  const { M, N } = product;
  const { rowBias, columnBias } = options;
  if (rowBias) {
    const rows = rowBias.broadcastTo([...batch, M]).contiguous().data;
    for (let r = 0; r < rows.length; r++) c.fill(rows[r]!, r * N, (r + 1) * N);
  }
  if (columnBias) {
    const columns = columnBias.contiguous().data;
    for (let i = 0; i < c.length; i++) c[i]! += columns[i % N]!;
  }
}
