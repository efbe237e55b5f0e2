import type { WindowGeometry } from "../../im2col/index.js";
import type { Tensor } from "../../tensor/index.js";
import type { Gemm } from "../reference/matrix.js";
import { multiplyColumns } from "./im2col-loops.js";

/**
 * The third rung: the same three loops with the inner two exchanged, and positions that grow by
 * adding.
 */
export function loopOrder(x: Tensor, weight: Tensor, geometry: WindowGeometry): Tensor {
  return multiplyColumns(gemmRows, x, weight, geometry);
}

/**
 * `C += A · B` with the loops in the order m, i, n: an entry of A is multiplied by a whole row of
 * B, and added to a whole row of C. So the inner loop walks along both rows, from neighbour to
 * neighbour, where the order m, n, i jumps down a column of B. The price: a sum is no longer kept
 * in a register, but loaded and stored, and in float32 rounded, for each of its terms. So the order
 * pays where no cache holds B. Where one does, what makes this faster than `gemmLoops` is that
 * positions grow by adding, and are not multiplied out.
 */
export const gemmRows: Gemm = ({ M, N, I }, A, B, C) => {
  const [a, b, c] = [A.data, B.data, C.data];
  const { columnStride: bStep } = B;
  const { columnStride: cStep } = C;
  for (let m = 0; m < M; m++) {
    for (let i = 0; i < I; i++) {
      const factor = a[A.offset + m * A.rowStride + i * A.columnStride]!;
      let from = (B.offset + i * B.rowStride) | 0;
      let to = (C.offset + m * C.rowStride) | 0;
      // (matmul.6) C[m, :] += A[m, i] · B[i, :]
      for (let n = 0; n < N; n++) {
        c[to]! += factor * b[from]!;
        from = (from + bStep) | 0;
        to = (to + cStep) | 0;
      }
    }
  }
};
