import type { Data } from "../../tensor/index.js";

/** A matrix inside flat memory: entry (r, c) is at `offset + r·rowStride + c·columnStride`. */
export interface MatrixView {
  /** The memory, shared. */
  readonly data: Data;
  /** Position of entry (0, 0). */
  readonly offset: number;
  /** Elements from an entry to the one below. */
  readonly rowStride: number;
  /** Elements from an entry to the one on its right. */
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
  /** Rows of A and of C. */
  readonly M: number;
  /** Columns of B and of C. */
  readonly N: number;
  /** Columns of A and rows of B: the terms of each sum. */
  readonly I: number;
}

/**
 * A product `C += A · B` of A [M, I] and B [I, N] into C [M, N]. It checks nothing: the extents
 * have to be those of the views.
 */
export type Gemm = (extents: GemmExtents, A: MatrixView, B: MatrixView, C: MatrixView) => void;
