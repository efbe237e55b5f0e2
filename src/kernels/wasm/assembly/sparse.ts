/** Products over the entries of one operand that are not 0. float32; positions and strides in bytes. */
import { madd, store8, ZERO } from "./gemm";

/**
 * `C (+)= A · B` over the entries of A that are not 0: each row's are listed once in `list` (8 bytes an entry: where the row of B
 * starts, and the value), then walked.
 */
export function gemmSparse(
  M: i32, N: i32, I: i32,
  a: usize, aRow: usize, aStep: usize,
  b: usize, bRow: usize,
  c: usize, cRow: usize,
  list: usize, accumulate: bool,
): void {
  for (let m = 0; m < M; m++) {
    let end = list;
    let p = a + <usize>m * aRow;
    let row = b;
    for (let i = 0; i < I; i++) {
      const value = load<f32>(p);
      store<usize>(end, row);
      store<f32>(end, value, 4);
      end += value != 0 ? 8 : 0; // no branch: the next entry overwrites a zero's
      p += aStep;
      row += bRow;
    }
    const to = c + <usize>m * cRow;
    if (end == list) {
      if (!accumulate) memory.fill(to, 0, <usize>N << 2);
      continue;
    }
    walkList(list, end, 0, N, to, accumulate);
  }
}

/**
 * `to[0 … N) (+)= Σ value · row[0 … N)` over a list of 8 bytes an entry: where a row starts, to which `shift` is added, and a value. As many
 * columns at a time as there are registers for their sums.
 */
export function walkList(list: usize, end: usize, shift: usize, N: i32, to: usize, accumulate: bool): void {
  let n = 0;
  for (; n + 48 <= N; n += 48) {
    walk48(list, end, shift, to, accumulate);
    shift += 192; to += 192;
  }
  for (; n + 16 <= N; n += 16) {
    walk16(list, end, shift, to, accumulate);
    shift += 64; to += 64;
  }
  for (; n + 4 <= N; n += 4) {
    let c0 = ZERO;
    for (let k = list; k < end; k += 8) c0 = madd(c0, v128.load32_splat(k, 4), v128.load(load<usize>(k) + shift));
    v128.store(to, accumulate ? f32x4.add(v128.load(to), c0) : c0);
    shift += 16; to += 16;
  }
  for (; n < N; n++) {
    let total: f32 = 0;
    for (let k = list; k < end; k += 8) total += load<f32>(k, 4) * load<f32>(load<usize>(k) + shift);
    store<f32>(to, accumulate ? load<f32>(to) + total : total);
    shift += 4; to += 4;
  }
}

function walk48(list: usize, end: usize, shift: usize, to: usize, accumulate: bool): void {
  let c0 = ZERO, c1 = ZERO, c2 = ZERO, c3 = ZERO, c4 = ZERO, c5 = ZERO, c6 = ZERO, c7 = ZERO, c8 = ZERO, c9 = ZERO, c10 = ZERO, c11 = ZERO;
  for (let k = list; k < end; k += 8) {
    const x = v128.load32_splat(k, 4);
    const q = load<usize>(k) + shift;
    c0 = madd(c0, x, v128.load(q)); c1 = madd(c1, x, v128.load(q, 16)); c2 = madd(c2, x, v128.load(q, 32)); c3 = madd(c3, x, v128.load(q, 48));
    c4 = madd(c4, x, v128.load(q, 64)); c5 = madd(c5, x, v128.load(q, 80)); c6 = madd(c6, x, v128.load(q, 96)); c7 = madd(c7, x, v128.load(q, 112));
    c8 = madd(c8, x, v128.load(q, 128)); c9 = madd(c9, x, v128.load(q, 144)); c10 = madd(c10, x, v128.load(q, 160)); c11 = madd(c11, x, v128.load(q, 176));
  }
  store8(to, c0, c1, accumulate); store8(to + 32, c2, c3, accumulate); store8(to + 64, c4, c5, accumulate);
  store8(to + 96, c6, c7, accumulate); store8(to + 128, c8, c9, accumulate); store8(to + 160, c10, c11, accumulate);
}

function walk16(list: usize, end: usize, shift: usize, to: usize, accumulate: bool): void {
  let c0 = ZERO, c1 = ZERO, c2 = ZERO, c3 = ZERO;
  for (let k = list; k < end; k += 8) {
    const x = v128.load32_splat(k, 4);
    const q = load<usize>(k) + shift;
    c0 = madd(c0, x, v128.load(q)); c1 = madd(c1, x, v128.load(q, 16)); c2 = madd(c2, x, v128.load(q, 32)); c3 = madd(c3, x, v128.load(q, 48));
  }
  store8(to, c0, c1, accumulate); store8(to + 32, c2, c3, accumulate);
}
