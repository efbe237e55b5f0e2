/**
 * Products whose sums are long and whose results are small. float32; positions and strides in
 * bytes.
 */
import { madd, ZERO } from "./gemm";

/**
 * `C += A · Bᵀ` for few columns of C and a long way to add up: rows of both are contiguous, and
 * each entry of C is their dot product, four terms at a time. Tiles of 4×3 entries.
 */
export function gemmDots(
  M: i32, N: i32, I: i32, a: usize, aRow: usize, b: usize, bRow: usize, c: usize, cRow: usize,
): void {
  const wholeM = M & ~3;
  const wholeN = N - N % 3;
  for (let m = 0; m < wholeM; m += 4) {
    for (let n = 0; n < wholeN; n += 3)
      dots4x3(
        I, a + <usize>m * aRow, aRow, b + <usize>n * bRow, bRow,
        c + <usize>m * cRow + (<usize>n << 2), cRow,
      );
  }
  for (let m = 0; m < M; m++) {
    for (let n = m < wholeM ? wholeN : 0; n < N; n++) {
      const p = a + <usize>m * aRow, q = b + <usize>n * bRow;
      let lanes = ZERO;
      let i = 0;
      for (; i + 4 <= I; i += 4)
        lanes = madd(lanes, v128.load(p + (<usize>i << 2)), v128.load(q + (<usize>i << 2)));
      let total = sumOfLanes(lanes);
      for (; i < I; i++) total += load<f32>(p + (<usize>i << 2)) * load<f32>(q + (<usize>i << 2));
      const at = c + <usize>m * cRow + (<usize>n << 2);
      store<f32>(at, load<f32>(at) + total);
    }
  }
}

function dots4x3(
  I: i32, a0: usize, aRow: usize, b0: usize, bRow: usize, c: usize, cRow: usize,
): void {
  let a1 = a0 + aRow, a2 = a1 + aRow, a3 = a2 + aRow, b1 = b0 + bRow, b2 = b1 + bRow;
  let c00 = ZERO, c01 = ZERO, c02 = ZERO, c10 = ZERO, c11 = ZERO, c12 = ZERO;
  let c20 = ZERO, c21 = ZERO, c22 = ZERO, c30 = ZERO, c31 = ZERO, c32 = ZERO;
  let i = 0;
  for (; i + 4 <= I; i += 4) {
    const y0 = v128.load(b0), y1 = v128.load(b1), y2 = v128.load(b2);
    let x = v128.load(a0);
    c00 = madd(c00, x, y0); c01 = madd(c01, x, y1); c02 = madd(c02, x, y2);
    x = v128.load(a1);
    c10 = madd(c10, x, y0); c11 = madd(c11, x, y1); c12 = madd(c12, x, y2);
    x = v128.load(a2);
    c20 = madd(c20, x, y0); c21 = madd(c21, x, y1); c22 = madd(c22, x, y2);
    x = v128.load(a3);
    c30 = madd(c30, x, y0); c31 = madd(c31, x, y1); c32 = madd(c32, x, y2);
    a0 += 16; a1 += 16; a2 += 16; a3 += 16; b0 += 16; b1 += 16; b2 += 16;
  }
  const left = I - i;
  addDot(c, c00, left, a0, b0); addDot(c + 4, c01, left, a0, b1); addDot(c + 8, c02, left, a0, b2);
  c += cRow;
  addDot(c, c10, left, a1, b0); addDot(c + 4, c11, left, a1, b1); addDot(c + 8, c12, left, a1, b2);
  c += cRow;
  addDot(c, c20, left, a2, b0); addDot(c + 4, c21, left, a2, b1); addDot(c + 8, c22, left, a2, b2);
  c += cRow;
  addDot(c, c30, left, a3, b0); addDot(c + 4, c31, left, a3, b1); addDot(c + 8, c32, left, a3, b2);
}

/** Adds the four lanes, and the products of what is left of both rows, to an entry of C. */
function addDot(at: usize, lanes: v128, left: i32, p: usize, q: usize): void {
  let total = sumOfLanes(lanes);
  for (let i = 0; i < left; i++)
    total += load<f32>(p + (<usize>i << 2)) * load<f32>(q + (<usize>i << 2));
  store<f32>(at, load<f32>(at) + total);
}

@inline
function sumOfLanes(x: v128): f32 {
  return (
    (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}
