/**
 * Convolution and 2×2 max pooling in one go: what the filters answer on the four windows that are
 * pooled together never leaves the registers, and no columns are laid out. For a convolution of
 * stride 1. float32; positions in bytes.
 *
 *   C channels of the image   K filters, eight at a time   R = C·kH·kW  entries under one filter
 *   poolH, poolW  number of pooled windows
 */
import { lineAfter, madd, ZERO } from "./gemm";
import { ConvolvePoolArguments, Geometry } from "./generated/table";
import { beats } from "./pooling";

/** Filters that are multiplied at a time: two vectors. */
const EIGHT = 32;

/**
 * One image.
 *
 * @param x [C, H, W]
 * @param filters [K/8, R, 8]: eight filters side by side; those beyond K may be anything
 * @param bias K numbers, up to a whole eight, that the sums start from
 * @param out [K, poolH, poolW]
 * @param argmax for each entry of `out`, where the winner is in its plane [outH, outW]
 * @param rectify of max(sum, 0) instead of the sum: nobody, −1, wins where no sum is positive
 * @param scratch room for C·kH positions and for the image with its padding
 */
export function convolvePool(
  C: i32, K: i32, g: Geometry, poolH: i32, poolW: i32,
  x: usize, filters: usize, bias: usize, out: usize, argmax: usize, rectify: bool, scratch: usize,
): void {
  const rows = scratch;
  const image = padded(C, g, x, lineAfter(rows + (<usize>(C * g.kH) << 2)));
  const W = g.W + 2 * g.padW;
  listRows(C, g, W, rows);
  const planeBytes = <usize>(poolH * poolW) << 2;
  const lineBytes = <usize>W << 2;
  for (let k = 0; k < K; k += 8) {
    let to = out + <usize>k * planeBytes;
    let winner = argmax + <usize>k * planeBytes;
    const count = min(8, K - k);
    for (let p = 0; p < poolH; p++) {
      let at = image + <usize>(2 * p) * lineBytes;
      for (let q = 0; q < poolW; q++) {
        fourWindows(
          C * g.kH, g, rows, at, lineBytes, filters, bias, to, winner, planeBytes,
          2 * p * g.outW + 2 * q, g.outW, count, rectify,
        );
        at += 8; to += 4; winner += 4;
      }
    }
    filters += <usize>(C * g.kH * g.kW) * EIGHT;
    bias += EIGHT;
  }
}

/** Bytes of scratch space: for {@link listRows}, and for the image with its padding. */
export function convolvePoolScratch(job: ConvolvePoolArguments): u64 {
  const C = <u64>job.C, g = job.geometry;
  const image = C * <u64>(g.H + 2 * g.padH) * <u64>(g.W + 2 * g.padW);
  return lineAfter(C * <u64>g.kH << 2) + (image << 2);
}

/** The image with zeros around it: itself if there is no padding, else a copy in `room`. */
function padded(C: i32, g: Geometry, x: usize, room: usize): usize {
  if (g.padH == 0 && g.padW == 0) return x;
  const W = g.W + 2 * g.padW, H = g.H + 2 * g.padH;
  memory.fill(room, 0, <usize>(C * H * W) << 2);
  for (let c = 0; c < C; c++) {
    for (let h = 0; h < g.H; h++)
      memory.copy(
        room + (<usize>((c * H + h + g.padH) * W + g.padW) << 2),
        x + (<usize>((c * g.H + h) * g.W) << 2),
        <usize>g.W << 2,
      );
  }
  return room;
}

/** How far each row of a window, in each channel, is from the window's first pixel. */
function listRows(C: i32, g: Geometry, W: i32, rows: usize): void {
  const H = g.H + 2 * g.padH;
  for (let c = 0; c < C; c++) {
    for (let i = 0; i < g.kH; i++) {
      store<usize>(rows, <usize>((c * H + i * g.dilationH) * W) << 2);
      rows += 4;
    }
  }
}

/**
 * Eight filters on four neighbouring windows, the first of which starts at `at`: 32 sums in eight
 * vectors, then the largest of each four. `position` is the first window's number among all
 * windows.
 */
function fourWindows(
  rowCount: i32, g: Geometry, rows: usize, at: usize, lineBytes: usize, filters: usize, bias: usize,
  out: usize, argmax: usize, planeBytes: usize, position: i32, outW: i32, count: i32, rectify: bool,
): void {
  const low = v128.load(bias), high = v128.load(bias, 16);
  // (conv2d.5) outₙ = filters · colsₙ + bias, of the windows at (0, 0), (0, 1), (1, 0), (1, 1),
  //   each under the first and the last four filters
  let a0 = low, a1 = high, b0 = low, b1 = high, c0 = low, c1 = high, d0 = low, d1 = high;
  const kW = g.kW;
  const end = rows + (<usize>rowCount << 2);
  for (; rows < end; rows += 4) {
    let upper = at + load<usize>(rows);
    let lower = upper + lineBytes;
    // Each branch ends a block: a compiler that gathers the loads of a block first never has more
    // of them than registers.
    let w0 = v128.load(filters), w1 = v128.load(filters, 16);
    let x = v128.load32_splat(upper); a0 = madd(a0, x, w0); a1 = madd(a1, x, w1);
    x = v128.load32_splat(upper, 4); b0 = madd(b0, x, w0); b1 = madd(b1, x, w1);
    x = v128.load32_splat(lower); c0 = madd(c0, x, w0); c1 = madd(c1, x, w1);
    x = v128.load32_splat(lower, 4); d0 = madd(d0, x, w0); d1 = madd(d1, x, w1);
    filters += EIGHT;
    for (let left = kW; left > 1; left -= 2) {
      w0 = v128.load(filters); w1 = v128.load(filters, 16);
      x = v128.load32_splat(upper, 4); a0 = madd(a0, x, w0); a1 = madd(a1, x, w1);
      x = v128.load32_splat(upper, 8); b0 = madd(b0, x, w0); b1 = madd(b1, x, w1);
      x = v128.load32_splat(lower, 4); c0 = madd(c0, x, w0); c1 = madd(c1, x, w1);
      x = v128.load32_splat(lower, 8); d0 = madd(d0, x, w0); d1 = madd(d1, x, w1);
      filters += EIGHT;
      if (left == 2) break;
      w0 = v128.load(filters); w1 = v128.load(filters, 16);
      x = v128.load32_splat(upper, 8); a0 = madd(a0, x, w0); a1 = madd(a1, x, w1);
      x = v128.load32_splat(upper, 12); b0 = madd(b0, x, w0); b1 = madd(b1, x, w1);
      x = v128.load32_splat(lower, 8); c0 = madd(c0, x, w0); c1 = madd(c1, x, w1);
      x = v128.load32_splat(lower, 12); d0 = madd(d0, x, w0); d1 = madd(d1, x, w1);
      filters += EIGHT; upper += 8; lower += 8;
    }
  }
  largest(a0, b0, c0, d0, out, argmax, planeBytes, position, outW, min(4, count), rectify);
  if (count > 4)
    largest(
      a1, b1, c1, d1, out + 4 * planeBytes, argmax + 4 * planeBytes, planeBytes, position, outW,
      count - 4, rectify,
    );
}

/**
 * The largest of four, for four filters, and where it is. The first wins a tie, and a NaN
 * everything.
 */
@inline
function largest(
  a: v128, b: v128, c: v128, d: v128, out: usize, argmax: usize, planeBytes: usize, position: i32,
  outW: i32, count: i32, rectify: bool,
): void {
  // (pooling.2) argmax[n, c, p, q] = the first (h, w) of the window where
  //   x[n, c, h, w] = out[n, c, p, q]
  let best = a;
  let wins = beats(b, best);
  best = v128.bitselect(b, best, wins);
  let which = v128.and(i32x4.splat(1), wins);
  wins = beats(c, best);
  best = v128.bitselect(c, best, wins);
  which = v128.bitselect(i32x4.splat(outW), which, wins);
  wins = beats(d, best);
  best = v128.bitselect(d, best, wins);
  which = v128.bitselect(i32x4.splat(outW + 1), which, wins);
  which = i32x4.add(which, i32x4.splat(position));
  if (rectify) {
    // (pooling.13) max_b max(x[b], 0) = max(max_b x[b], 0)
    which = v128.or(which, v128.not(f32x4.gt(best, ZERO)));
    best = v128.andnot(best, f32x4.le(best, ZERO)); // a NaN stays
  }
  v128.store_lane<f32>(out, best, 0);
  v128.store_lane<i32>(argmax, which, 0);
  if (count > 1) {
    v128.store_lane<f32>(out + planeBytes, best, 1);
    v128.store_lane<i32>(argmax + planeBytes, which, 1);
  }
  if (count > 2) {
    v128.store_lane<f32>(out + 2 * planeBytes, best, 2);
    v128.store_lane<i32>(argmax + 2 * planeBytes, which, 2);
  }
  if (count > 3) {
    v128.store_lane<f32>(out + 3 * planeBytes, best, 3);
    v128.store_lane<i32>(argmax + 3 * planeBytes, which, 3);
  }
}
