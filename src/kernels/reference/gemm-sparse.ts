import type { Gemm } from "./matrix.js";

/** Columns of C that one walk over the non-zeros computes together. */
const TILE_N = 8;

/**
 * `C += A · B` for an A that is mostly zeros: each row's non-zeros are listed once, and only those
 * are multiplied.
 *
 * The gradient behind a 2×2 max pool is such a matrix: a window passes its gradient on to one entry
 * in four, and the ReLU before it stops about half of those. Nothing is approximated: what is
 * skipped is a product with 0. That holds while B is finite, since 0 · NaN and 0 · ∞ are NaN; the
 * caller makes sure of it.
 */
export const gemmSparse: Gemm = ({ M, N, I }, A, B, C) => {
  const a = A.data;
  const b = B.data;
  const c = C.data;
  const step = B.columnStride;
  const wholeN = N - (N % TILE_N);
  const values = new Float64Array(I); // the non-zeros of one row of A …
  const rows = new Int32Array(I); // … and where the row of B starts that each is multiplied with
  for (let m = 0; m < M; m++) {
    let count = 0;
    for (let i = 0; i < I; i++) {
      const value = a[A.offset + m * A.rowStride + i * A.columnStride]!;
      if (value === 0) continue;
      values[count] = value;
      rows[count++] = B.offset + i * B.rowStride;
    }
    if (count === 0) continue;
    for (let n = 0; n < wholeN; n += TILE_N) {
      let c0 = 0;
      let c1 = 0;
      let c2 = 0;
      let c3 = 0;
      let c4 = 0;
      let c5 = 0;
      let c6 = 0;
      let c7 = 0;
      for (let k = 0; k < count; k++) {
        const value = values[k]!;
        let at = rows[k]! + n * step;
        c0 += value * b[at]!;
        c1 += value * b[(at += step)]!;
        c2 += value * b[(at += step)]!;
        c3 += value * b[(at += step)]!;
        c4 += value * b[(at += step)]!;
        c5 += value * b[(at += step)]!;
        c6 += value * b[(at += step)]!;
        c7 += value * b[(at += step)]!;
      }
      let to = C.offset + m * C.rowStride + n * C.columnStride;
      c[to]! += c0;
      c[(to += C.columnStride)]! += c1;
      c[(to += C.columnStride)]! += c2;
      c[(to += C.columnStride)]! += c3;
      c[(to += C.columnStride)]! += c4;
      c[(to += C.columnStride)]! += c5;
      c[(to += C.columnStride)]! += c6;
      c[(to += C.columnStride)]! += c7;
    }
    for (let n = wholeN; n < N; n++) {
      let total = 0;
      for (let k = 0; k < count; k++) total += values[k]! * b[rows[k]! + n * step]!;
      c[C.offset + m * C.rowStride + n * C.columnStride]! += total;
    }
  }
};
