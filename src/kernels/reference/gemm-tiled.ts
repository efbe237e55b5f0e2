import { gemmLoops } from "./gemm-loops.js";
import type { Gemm, GemmExtents, MatrixView } from "./matrix.js";

/** Rows and columns of C that are computed together. */
const TILE_M = 4;
const TILE_N = 2;

/**
 * `C += A · B` with the same sums as {@link gemmLoops}, a tile of 4×2 entries of C at a time. The
 * three loops load two numbers for each multiplication. A tile loads 4 + 2 for 8 multiplications
 * and keeps its 8 running sums in registers. (4×4 is slower here: 16 sums, 4 entries of B and 1 of
 * A need more than the processor's 16 registers.) `| 0` promises the engine that a position is a
 * 32-bit integer, which saves it an overflow check per step.
 */
export const gemmTiled: Gemm = ({ M, N, I }, A, B, C) => {
  const [a, b, c] = [A.data, B.data, C.data];
  const { rowStride: aRow, columnStride: aStep } = A;
  const { rowStride: bStep, columnStride: bColumn } = B;
  const { rowStride: cRow, columnStride: cColumn } = C;
  const [wholeM, wholeN] = [M - (M % TILE_M), N - (N % TILE_N)];
  for (let m = 0; m < wholeM; m += TILE_M) {
    for (let n = 0; n < wholeN; n += TILE_N) {
      let c00 = 0;
      let c01 = 0;
      let c10 = 0;
      let c11 = 0;
      let c20 = 0;
      let c21 = 0;
      let c30 = 0;
      let c31 = 0;
      let a0 = (A.offset + m * aRow) | 0;
      let a1 = (a0 + aRow) | 0;
      let a2 = (a1 + aRow) | 0;
      let a3 = (a2 + aRow) | 0;
      let b0 = (B.offset + n * bColumn) | 0;
      let b1 = (b0 + bColumn) | 0;
      for (let i = 0; i < I; i++) {
        const left = b[b0]!;
        const right = b[b1]!;
        let row = a[a0]!;
        c00 += row * left;
        c01 += row * right;
        row = a[a1]!;
        c10 += row * left;
        c11 += row * right;
        row = a[a2]!;
        c20 += row * left;
        c21 += row * right;
        row = a[a3]!;
        c30 += row * left;
        c31 += row * right;
        a0 = (a0 + aStep) | 0;
        a1 = (a1 + aStep) | 0;
        a2 = (a2 + aStep) | 0;
        a3 = (a3 + aStep) | 0;
        b0 = (b0 + bStep) | 0;
        b1 = (b1 + bStep) | 0;
      }
      let to = C.offset + m * cRow + n * cColumn;
      c[to]! += c00;
      c[to + cColumn]! += c01;
      to += cRow;
      c[to]! += c10;
      c[to + cColumn]! += c11;
      to += cRow;
      c[to]! += c20;
      c[to + cColumn]! += c21;
      to += cRow;
      c[to]! += c30;
      c[to + cColumn]! += c31;
    }
  }
  addEdges({ M, N, I }, A, B, C);
};

/** What no whole tile covers: the last column of the tiled rows, then the last rows. */
function addEdges({ M, N, I }: GemmExtents, A: MatrixView, B: MatrixView, C: MatrixView): void {
  const [wholeM, wholeN] = [M - (M % TILE_M), N - (N % TILE_N)];
  if (wholeN < N) {
    const lastColumns = { ...B, offset: B.offset + wholeN * B.columnStride };
    const beside = { ...C, offset: C.offset + wholeN * C.columnStride };
    gemmLoops({ M: wholeM, N: N - wholeN, I }, A, lastColumns, beside);
  }
  if (wholeM < M) {
    const lastRows = { ...A, offset: A.offset + wholeM * A.rowStride };
    const below = { ...C, offset: C.offset + wholeM * C.rowStride };
    gemmLoops({ M: M - wholeM, N, I }, lastRows, B, below);
  }
}
