/**
 * Matrix products on 128-bit vectors: `C (+)= A · B`, float32. Positions and strides are in bytes.
 *
 * A tile of 4×8 entries of C is held in eight vectors. Each step of the inner loop loads eight
 * neighbours of a row of B and one entry from each of four rows of A: 12 numbers for 32
 * multiplications. So rows of B must be contiguous, while A may have any strides: that is how Aᵀ is
 * multiplied without being transposed.
 */

export const ZERO = f32x4.splat(0);

@inline
export function madd(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y));
}

/** The next multiple of 64: a vector that lies across two lines of the cache takes two loads. */
@inline
export function lineAfter<T>(at: T): T {
  return (at + 63) & ~63;
}

/**
 * @param bPanel from eight columns of B to the next eight: 32, or more where each eight have been
 *   packed into one place
 * @param rowBias where M numbers are that the sums of each row start from, or 0
 * @param columnBias where N numbers are that the sums of each column start from, or 0
 * @param accumulate whether sums are added to what C holds
 * @param panel scratch space of 32·I bytes
 */
export function gemm(
  M: i32, N: i32, I: i32,
  a: usize, aRow: usize, aStep: usize,
  b: usize, bRow: usize, bPanel: usize,
  c: usize, cRow: usize,
  rowBias: usize, columnBias: usize, accumulate: bool, panel: usize,
): void {
  const rows = rowsAtATime(N, I);
  for (let m = 0; m < M; m += rows) {
    const row = <usize>m;
    if (aStep == 4 && I >= TOUCHED_FROM && I < PACKED_FROM)
      touch(a + row * aRow, <usize>min(rows, M - m) * aRow, panel);
    block(
      min(rows, M - m), N, I, a + row * aRow, aRow, aStep, b, bRow, bPanel, c + row * cRow, cRow,
      rowBias ? rowBias + (row << 2) : 0, columnBias, accumulate, panel,
    );
  }
}

/** From this inner length on, rows of A are worth being touched first. */
const TOUCHED_FROM = 32;

/**
 * Reads memory from end to end, one number of each line of the cache, and leaves what it read in
 * `panel`, so that no compiler takes it for useless. A tile reads four rows side by side, and after
 * a row's length starts anew: the processor does not see where that goes, and does not fetch ahead.
 * One long stream it sees.
 */
function touch(from: usize, bytes: usize, panel: usize): void {
  let all = ZERO;
  for (const end = from + bytes; from < end; from += 64) all = v128.or(all, v128.load(from));
  v128.store(panel, all);
}

/**
 * How many rows of A are multiplied by all of B before the next ones' turn comes: whole fours. With
 * a B that fits into the first cache, a few, so that A flows past once and evenly; with columns of
 * B that are packed first, as many as stay in the second cache, to make that pay.
 */
function rowsAtATime(N: i32, I: i32): i32 {
  const bytes = max(1, I << 2);
  if (I >= PACKED_FROM) return max(16, ((1 << 18) / bytes) & ~3);
  return I * N <= 8192 ? max(4, (2048 / bytes) & ~3) : 32;
}

/** Some rows of C. */
function block(
  M: i32, N: i32, I: i32,
  a: usize, aRow: usize, aStep: usize,
  b: usize, bRow: usize, bPanel: usize,
  c: usize, cRow: usize,
  rowBias: usize, columnBias: usize, accumulate: bool, panel: usize,
): void {
  const whole = N & ~7;
  const packs = M >= 16 && I >= PACKED_FROM && bPanel == 32;
  for (let n = 0; n < whole; n += 8) {
    const at = <usize>n << 2;
    const columns = b + <usize>(n >> 3) * bPanel;
    const bias = columnBias ? columnBias + at : 0;
    if (packs) pack8(I, columns, bRow, panel);
    column8(
      M, I, a, aRow, aStep, packs ? panel : columns, packs ? 32 : bRow, c + at, cRow, rowBias, bias,
      accumulate,
    );
  }
  if (whole == N) return;
  if (N >= 8 && !accumulate) {
    // the last eight columns once more: some are computed twice, to the same values
    const n = <usize>(N - 8) << 2;
    column8(
      M, I, a, aRow, aStep, b + n, bRow, c + n, cRow, rowBias, columnBias ? columnBias + n : 0,
      false,
    );
    return;
  }
  for (let n = whole; n < N; n++) {
    const at = <usize>n << 2;
    column1(
      M, I, a, aRow, aStep, b + at, bRow, c + at, cRow, rowBias,
      columnBias ? load<f32>(columnBias + at) : 0, accumulate,
    );
  }
}

/**
 * From this inner length on, eight columns of B are copied to one place first: where they are, they
 * fill the first cache.
 */
const PACKED_FROM = 256;

/** Copies eight columns of B to one place. */
export function pack8(I: i32, b: usize, bRow: usize, panel: usize): void {
  for (let i = 0; i < I; i++) {
    v128.store(panel, v128.load(b));
    v128.store(panel, v128.load(b, 16), 16);
    b += bRow;
    panel += 32;
  }
}

/** Eight columns of C. */
function column8(
  M: i32, I: i32,
  a: usize, aRow: usize, aStep: usize,
  b: usize, bRow: usize,
  c: usize, cRow: usize,
  rowBias: usize, columnBias: usize, accumulate: bool,
): void {
  const bias0 = columnBias ? v128.load(columnBias) : ZERO;
  const bias1 = columnBias ? v128.load(columnBias, 16) : ZERO;
  let m = 0;
  for (; m + 4 <= M; m += 4) {
    let a0 = a + <usize>m * aRow;
    let a1 = a0 + aRow;
    let a2 = a1 + aRow;
    let a3 = a2 + aRow;
    let at = c + <usize>m * cRow;
    let c00 = bias0, c01 = bias1, c10 = bias0, c11 = bias1;
    let c20 = bias0, c21 = bias1, c30 = bias0, c31 = bias1;
    if (rowBias) {
      const row = rowBias + (<usize>m << 2);
      let x = v128.load32_splat(row);
      c00 = f32x4.add(c00, x); c01 = f32x4.add(c01, x);
      x = v128.load32_splat(row, 4);
      c10 = f32x4.add(c10, x); c11 = f32x4.add(c11, x);
      x = v128.load32_splat(row, 8);
      c20 = f32x4.add(c20, x); c21 = f32x4.add(c21, x);
      x = v128.load32_splat(row, 12);
      c30 = f32x4.add(c30, x); c31 = f32x4.add(c31, x);
    }
    let q = b;
    // Four steps at a time. The branches between them do more than to find the end: V8 puts all
    // loads of a block before its arithmetic, and with more than one step in a block there are more
    // of them than registers. Rows of A that are contiguous and rows that are neighbours each have
    // a loop: one loop for both has to move four positions at every step, and is a twentieth slower
    // (512×512×512: 41.5 GFLOP/s in place of 44).
    if (aStep == 4) {
      for (let left = I; left > 0; left -= 4) {
        let b0 = v128.load(q), b1 = v128.load(q, 16);
        let x = v128.load32_splat(a0); c00 = madd(c00, x, b0); c01 = madd(c01, x, b1);
        x = v128.load32_splat(a1); c10 = madd(c10, x, b0); c11 = madd(c11, x, b1);
        x = v128.load32_splat(a2); c20 = madd(c20, x, b0); c21 = madd(c21, x, b1);
        x = v128.load32_splat(a3); c30 = madd(c30, x, b0); c31 = madd(c31, x, b1);
        q += bRow;
        if (left == 1) break;
        b0 = v128.load(q); b1 = v128.load(q, 16);
        x = v128.load32_splat(a0, 4); c00 = madd(c00, x, b0); c01 = madd(c01, x, b1);
        x = v128.load32_splat(a1, 4); c10 = madd(c10, x, b0); c11 = madd(c11, x, b1);
        x = v128.load32_splat(a2, 4); c20 = madd(c20, x, b0); c21 = madd(c21, x, b1);
        x = v128.load32_splat(a3, 4); c30 = madd(c30, x, b0); c31 = madd(c31, x, b1);
        q += bRow;
        if (left == 2) break;
        b0 = v128.load(q); b1 = v128.load(q, 16);
        x = v128.load32_splat(a0, 8); c00 = madd(c00, x, b0); c01 = madd(c01, x, b1);
        x = v128.load32_splat(a1, 8); c10 = madd(c10, x, b0); c11 = madd(c11, x, b1);
        x = v128.load32_splat(a2, 8); c20 = madd(c20, x, b0); c21 = madd(c21, x, b1);
        x = v128.load32_splat(a3, 8); c30 = madd(c30, x, b0); c31 = madd(c31, x, b1);
        q += bRow;
        if (left == 3) break;
        b0 = v128.load(q); b1 = v128.load(q, 16);
        x = v128.load32_splat(a0, 12); c00 = madd(c00, x, b0); c01 = madd(c01, x, b1);
        x = v128.load32_splat(a1, 12); c10 = madd(c10, x, b0); c11 = madd(c11, x, b1);
        x = v128.load32_splat(a2, 12); c20 = madd(c20, x, b0); c21 = madd(c21, x, b1);
        x = v128.load32_splat(a3, 12); c30 = madd(c30, x, b0); c31 = madd(c31, x, b1);
        q += bRow;
        a0 += 16; a1 += 16; a2 += 16; a3 += 16;
      }
    } else {
      // rows of A are neighbours
      for (let left = I; left > 0; left -= 4) {
        let b0 = v128.load(q), b1 = v128.load(q, 16);
        let x = v128.load32_splat(a0); c00 = madd(c00, x, b0); c01 = madd(c01, x, b1);
        x = v128.load32_splat(a0, 4); c10 = madd(c10, x, b0); c11 = madd(c11, x, b1);
        x = v128.load32_splat(a0, 8); c20 = madd(c20, x, b0); c21 = madd(c21, x, b1);
        x = v128.load32_splat(a0, 12); c30 = madd(c30, x, b0); c31 = madd(c31, x, b1);
        q += bRow;
        if (left == 1) break;
        a0 += aStep;
        b0 = v128.load(q); b1 = v128.load(q, 16);
        x = v128.load32_splat(a0); c00 = madd(c00, x, b0); c01 = madd(c01, x, b1);
        x = v128.load32_splat(a0, 4); c10 = madd(c10, x, b0); c11 = madd(c11, x, b1);
        x = v128.load32_splat(a0, 8); c20 = madd(c20, x, b0); c21 = madd(c21, x, b1);
        x = v128.load32_splat(a0, 12); c30 = madd(c30, x, b0); c31 = madd(c31, x, b1);
        q += bRow;
        if (left == 2) break;
        a0 += aStep;
        b0 = v128.load(q); b1 = v128.load(q, 16);
        x = v128.load32_splat(a0); c00 = madd(c00, x, b0); c01 = madd(c01, x, b1);
        x = v128.load32_splat(a0, 4); c10 = madd(c10, x, b0); c11 = madd(c11, x, b1);
        x = v128.load32_splat(a0, 8); c20 = madd(c20, x, b0); c21 = madd(c21, x, b1);
        x = v128.load32_splat(a0, 12); c30 = madd(c30, x, b0); c31 = madd(c31, x, b1);
        q += bRow;
        if (left == 3) break;
        a0 += aStep;
        b0 = v128.load(q); b1 = v128.load(q, 16);
        x = v128.load32_splat(a0); c00 = madd(c00, x, b0); c01 = madd(c01, x, b1);
        x = v128.load32_splat(a0, 4); c10 = madd(c10, x, b0); c11 = madd(c11, x, b1);
        x = v128.load32_splat(a0, 8); c20 = madd(c20, x, b0); c21 = madd(c21, x, b1);
        x = v128.load32_splat(a0, 12); c30 = madd(c30, x, b0); c31 = madd(c31, x, b1);
        q += bRow;
        a0 += aStep;
      }
    }
    store8(at, c00, c01, accumulate); at += cRow;
    store8(at, c10, c11, accumulate); at += cRow;
    store8(at, c20, c21, accumulate); at += cRow;
    store8(at, c30, c31, accumulate);
  }
  for (; m < M; m++) {
    let a0 = a + <usize>m * aRow;
    let q = b;
    const x = rowBias ? v128.load32_splat(rowBias + (<usize>m << 2)) : ZERO;
    let c0 = f32x4.add(bias0, x), c1 = f32x4.add(bias1, x);
    for (let i = 0; i < I; i++) {
      const y = v128.load32_splat(a0);
      c0 = madd(c0, y, v128.load(q)); c1 = madd(c1, y, v128.load(q, 16));
      a0 += aStep;
      q += bRow;
    }
    store8(c + <usize>m * cRow, c0, c1, accumulate);
  }
}

@inline
export function store8(at: usize, low: v128, high: v128, accumulate: bool): void {
  v128.store(at, accumulate ? f32x4.add(v128.load(at), low) : low);
  v128.store(at, accumulate ? f32x4.add(v128.load(at, 16), high) : high, 16);
}

/** One column of C. */
function column1(
  M: i32, I: i32,
  a: usize, aRow: usize, aStep: usize,
  b: usize, bRow: usize,
  c: usize, cRow: usize,
  rowBias: usize, bias: f32, accumulate: bool,
): void {
  for (let m = 0; m < M; m++) {
    let p = a + <usize>m * aRow;
    let q = b;
    let total: f32 = bias + (rowBias ? load<f32>(rowBias + (<usize>m << 2)) : 0);
    for (let i = 0; i < I; i++) {
      total += load<f32>(p) * load<f32>(q);
      p += aStep;
      q += bRow;
    }
    const at = c + <usize>m * cRow;
    store<f32>(at, accumulate ? load<f32>(at) + total : total);
  }
}
