/**
 * Products over the entries of one operand that are not 0. float32; positions and strides in bytes.
 */
import { madd, store8, ZERO } from "./gemm";

/**
 * So many rows of A are listed before they are walked, so that columns of B that are in the first
 * cache serve all of them.
 */
const ROWS = 8;

@inline
function listBytes(I: i32): usize {
  return <usize>(I + 1) << 3;
}

/** Bytes that {@link gemmSparse} needs: for its lists, and for where each ends. */
export function sparseScratch(I: i32): usize {
  return ROWS * listBytes(I) + (ROWS << 2);
}

/**
 * `C (+)= A · B` over the entries of A that are not 0: each row's are listed once (8 bytes an
 * entry: where the row of B starts, and the value), then walked, 48 columns at a time.
 */
export function gemmSparse(
  M: i32, N: i32, I: i32,
  a: usize, aRow: usize, aStep: usize,
  b: usize, bRow: usize,
  c: usize, cRow: usize,
  lists: usize, accumulate: bool,
): void {
  const ends = lists + ROWS * listBytes(I);
  for (let m = 0; m < M; m += ROWS) {
    const rows = min(ROWS, M - m);
    for (let r = 0; r < rows; r++) {
      const end = listRow(
        I, a + <usize>(m + r) * aRow, aStep, b, bRow, lists + <usize>r * listBytes(I),
      );
      store<usize>(ends + (<usize>r << 2), end);
    }
    for (let n = 0; n < N; n += 48) {
      const shift = <usize>n << 2;
      for (let r = 0; r < rows; r++) {
        walkList(
          lists + <usize>r * listBytes(I), load<usize>(ends + (<usize>r << 2)), shift,
          min(48, N - n), c + <usize>(m + r) * cRow + shift, accumulate,
        );
      }
    }
  }
}

/** Lists the entries of one row of A, and returns where the list ends. */
function listRow(I: i32, p: usize, aStep: usize, row: usize, bRow: usize, list: usize): usize {
  for (let i = 0; i < I; i++) {
    const value = load<f32>(p);
    store<usize>(list, row);
    store<f32>(list, value, 4);
    list += value != 0 ? 8 : 0; // no branch: the next entry overwrites a zero's
    p += aStep;
    row += bRow;
  }
  return list;
}

/**
 * `to[0 … N) (+)= Σ value · row[0 … N)` over a list of 8 bytes an entry: where a row starts, to
 * which `shift` is added, and a value. As many columns at a time as there are registers for their
 * sums.
 */
export function walkList(
  list: usize, end: usize, shift: usize, N: i32, to: usize, accumulate: bool,
): void {
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
    for (let k = list; k < end; k += 8)
      c0 = madd(c0, v128.load32_splat(k, 4), v128.load(load<usize>(k) + shift));
    v128.store(to, accumulate ? f32x4.add(v128.load(to), c0) : c0);
    shift += 16; to += 16;
  }
  for (; n < N; n++) {
    let total: f32 = 0;
    for (let k = list; k < end; k += 8)
      total += load<f32>(k, 4) * load<f32>(load<usize>(k) + shift);
    store<f32>(to, accumulate ? load<f32>(to) + total : total);
    shift += 4; to += 4;
  }
}

/**
 * Twelve vectors of a row at a time. The branches are never taken, since q is a multiple of 4. They
 * are there because V8 puts all loads of a block before its arithmetic: without them, twelve
 * vectors wait in twelve registers that the sums need (see `derivations/speed.md`).
 */
function walk48(list: usize, end: usize, shift: usize, to: usize, accumulate: bool): void {
  let c0 = ZERO, c1 = ZERO, c2 = ZERO, c3 = ZERO, c4 = ZERO, c5 = ZERO;
  let c6 = ZERO, c7 = ZERO, c8 = ZERO, c9 = ZERO, c10 = ZERO, c11 = ZERO;
  for (let k = list; k < end; k += 8) {
    const x = v128.load32_splat(k, 4);
    const q = load<usize>(k) + shift;
    c0 = madd(c0, x, v128.load(q)); c1 = madd(c1, x, v128.load(q, 16));
    if (q == 1) break;
    c2 = madd(c2, x, v128.load(q, 32)); c3 = madd(c3, x, v128.load(q, 48));
    if (q == 2) break;
    c4 = madd(c4, x, v128.load(q, 64)); c5 = madd(c5, x, v128.load(q, 80));
    if (q == 3) break;
    c6 = madd(c6, x, v128.load(q, 96)); c7 = madd(c7, x, v128.load(q, 112));
    if (q == 5) break;
    c8 = madd(c8, x, v128.load(q, 128)); c9 = madd(c9, x, v128.load(q, 144));
    if (q == 6) break;
    c10 = madd(c10, x, v128.load(q, 160)); c11 = madd(c11, x, v128.load(q, 176));
  }
  store8(to, c0, c1, accumulate); store8(to + 32, c2, c3, accumulate);
  store8(to + 64, c4, c5, accumulate); store8(to + 96, c6, c7, accumulate);
  store8(to + 128, c8, c9, accumulate); store8(to + 160, c10, c11, accumulate);
}

function walk16(list: usize, end: usize, shift: usize, to: usize, accumulate: bool): void {
  let c0 = ZERO, c1 = ZERO, c2 = ZERO, c3 = ZERO;
  for (let k = list; k < end; k += 8) {
    const x = v128.load32_splat(k, 4);
    const q = load<usize>(k) + shift;
    c0 = madd(c0, x, v128.load(q)); c1 = madd(c1, x, v128.load(q, 16));
    c2 = madd(c2, x, v128.load(q, 32)); c3 = madd(c3, x, v128.load(q, 48));
  }
  store8(to, c0, c1, accumulate); store8(to + 32, c2, c3, accumulate);
}

/**
 * Narrow rows, of at most four numbers, of `kH` rows of pixels:
 * `to[i, 0 … L) += Σ value · row[0 … L)`, three rows at a time. Up to three numbers beyond a row
 * are read, and dropped.
 */
export function walkNarrow(
  list: usize, end: usize, rowBytes: usize, kH: i32, L: i32, to: usize,
): void {
  for (let i = 0; i < kH; i += 3) {
    const s0 = <usize>i * rowBytes, s1 = <usize>min(i + 1, kH - 1) * rowBytes,
      s2 = <usize>min(i + 2, kH - 1) * rowBytes;
    // two entries at a time, for sums do not wait for each other
    let a0 = ZERO, a1 = ZERO, a2 = ZERO, b0 = ZERO, b1 = ZERO, b2 = ZERO;
    let k = list;
    for (; k + 16 <= end; k += 16) {
      let x = v128.load32_splat(k, 4);
      let q = load<usize>(k);
      a0 = madd(a0, x, v128.load(q + s0)); a1 = madd(a1, x, v128.load(q + s1));
      a2 = madd(a2, x, v128.load(q + s2));
      x = v128.load32_splat(k, 12);
      q = load<usize>(k, 8);
      b0 = madd(b0, x, v128.load(q + s0)); b1 = madd(b1, x, v128.load(q + s1));
      b2 = madd(b2, x, v128.load(q + s2));
    }
    if (k < end) {
      const x = v128.load32_splat(k, 4);
      const q = load<usize>(k);
      a0 = madd(a0, x, v128.load(q + s0)); a1 = madd(a1, x, v128.load(q + s1));
      a2 = madd(a2, x, v128.load(q + s2));
    }
    addLanes(to, f32x4.add(a0, b0), L); to += <usize>L << 2;
    if (i + 1 < kH) addLanes(to, f32x4.add(a1, b1), L); to += <usize>L << 2;
    if (i + 2 < kH) addLanes(to, f32x4.add(a2, b2), L); to += <usize>L << 2;
  }
}

/** Adds the first L lanes to as many numbers. */
function addLanes(to: usize, x: v128, L: i32): void {
  store<f32>(to, load<f32>(to) + f32x4.extract_lane(x, 0));
  if (L > 1) store<f32>(to, load<f32>(to, 4) + f32x4.extract_lane(x, 1), 4);
  if (L > 2) store<f32>(to, load<f32>(to, 8) + f32x4.extract_lane(x, 2), 8);
  if (L > 3) store<f32>(to, load<f32>(to, 12) + f32x4.extract_lane(x, 3), 12);
}

/** The adjoint of {@link walkList}: `row[0 … N) += value · from[0 … N)` for each row of a list. */
export function spreadList(list: usize, end: usize, shift: usize, N: i32, from: usize): void {
  let n = 0;
  for (; n + 48 <= N; n += 48) {
    spread48(list, end, shift, from);
    shift += 192; from += 192;
  }
  for (; n + 16 <= N; n += 16) {
    spread16(list, end, shift, from);
    shift += 64; from += 64;
  }
  for (; n + 4 <= N; n += 4) {
    const w = v128.load(from);
    for (let k = list; k < end; k += 8) add(load<usize>(k) + shift, v128.load32_splat(k, 4), w);
    shift += 16; from += 16;
  }
  for (; n < N; n++) {
    const w = load<f32>(from);
    for (let k = list; k < end; k += 8) {
      const to = load<usize>(k) + shift;
      store<f32>(to, load<f32>(to) + load<f32>(k, 4) * w);
    }
    shift += 4; from += 4;
  }
}

@inline
function add(to: usize, x: v128, w: v128): void {
  v128.store(to, madd(v128.load(to), x, w));
}

function spread48(list: usize, end: usize, shift: usize, from: usize): void {
  const w0 = v128.load(from), w1 = v128.load(from, 16), w2 = v128.load(from, 32);
  const w3 = v128.load(from, 48), w4 = v128.load(from, 64), w5 = v128.load(from, 80);
  const w6 = v128.load(from, 96), w7 = v128.load(from, 112), w8 = v128.load(from, 128);
  const w9 = v128.load(from, 144), w10 = v128.load(from, 160), w11 = v128.load(from, 176);
  for (let k = list; k < end; k += 8) {
    const x = v128.load32_splat(k, 4);
    const to = load<usize>(k) + shift;
    add(to, x, w0); add(to + 16, x, w1); add(to + 32, x, w2);
    add(to + 48, x, w3); add(to + 64, x, w4); add(to + 80, x, w5);
    add(to + 96, x, w6); add(to + 112, x, w7); add(to + 128, x, w8);
    add(to + 144, x, w9); add(to + 160, x, w10); add(to + 176, x, w11);
  }
}

function spread16(list: usize, end: usize, shift: usize, from: usize): void {
  const w0 = v128.load(from), w1 = v128.load(from, 16);
  const w2 = v128.load(from, 32), w3 = v128.load(from, 48);
  for (let k = list; k < end; k += 8) {
    const x = v128.load32_splat(k, 4);
    const to = load<usize>(k) + shift;
    add(to, x, w0); add(to + 16, x, w1); add(to + 32, x, w2); add(to + 48, x, w3);
  }
}
