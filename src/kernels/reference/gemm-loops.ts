import type { Gemm } from "./matrix.js";

/**
 * `C += A · B`, three loops straight from the definition, each sum in float64, in ascending order
 * of i, and rounded to C's type once. The truth for every other product.
 *
 * (matmul.4) C[m, n] += Σᵢ A[m, i] · B[i, n]
 */
export const gemmLoops: Gemm = ({ M, N, I }, A, B, C) => {
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let total = 0;
      for (let i = 0; i < I; i++) {
        total +=
          A.data[A.offset + m * A.rowStride + i * A.columnStride]! *
          B.data[B.offset + i * B.rowStride + n * B.columnStride]!;
      }
      C.data[C.offset + m * C.rowStride + n * C.columnStride]! += total;
    }
  }
};
