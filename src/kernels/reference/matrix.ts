import type { Data } from "../../tensor/index.js";

/** A matrix inside flat memory: entry (r, c) is at `offset + r·rowStride + c·columnStride`. */
export interface MatrixView {
  readonly data: Data;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** The same entries with rows and columns exchanged. Shares memory. */
export function transposed(matrix: MatrixView): MatrixView {
  return {
    data: matrix.data,
    offset: matrix.offset,
    rowStride: matrix.columnStride,
    columnStride: matrix.rowStride,
  };
}

/** Rows and columns of a product, and how many terms each of its sums has. */
export interface GemmExtents {
  readonly M: number;
  readonly N: number;
  readonly I: number;
}

/** A product `C += A · B` of A [M, I] and B [I, N] into C [M, N]. */
export type Gemm = (extents: GemmExtents, A: MatrixView, B: MatrixView, C: MatrixView) => void;
