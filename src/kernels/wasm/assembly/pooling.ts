/** Max and average pooling, and their gradients. Sizes in pixels, positions in bytes. float32. */
import { ZERO } from "./gemm";
import { Geometry } from "./generated/table";
import { firstWindow } from "./windows";

/**
 * The largest entry of each window of a plane, and where it was: a 32-bit position in its plane. A
 * NaN wins. With a scale for each of C channels, of scale · x + shift instead of x; with `rectify`,
 * of max(x, 0): nobody, −1, wins a window without a positive entry.
 */
export function maxPool2d(
  plane: i32, C: i32, g: Geometry, x: usize, scale: usize, shift: usize, out: usize, argmax: usize,
  rectify: bool,
): void {
  const channel = <usize>(plane % C) << 2;
  maxOfPlane(
    g, x, scale != 0, scale ? load<f32>(scale + channel) : 1,
    scale ? load<f32>(shift + channel) : 0, out, argmax, rectify,
  );
}

function maxOfPlane(
  g: Geometry, x: usize, isAffine: bool, scale: f32, shift: f32, out: usize, argmax: usize,
  rectify: bool,
): void {
  if (
    g.kH == 2 && g.kW == 2 && g.strideH == 2 && g.strideW == 2 && g.padH == 0 && g.padW == 0 &&
    g.dilationH == 1 && g.dilationW == 1 && g.outW >= 4
  ) return maxPool2x2(g, x, isAffine, scale, shift, out, argmax, rectify);
  for (let p = 0; p < g.outH; p++) {
    const top = p * g.strideH - g.padH;
    const bottom = min(g.H, top + (g.kH - 1) * g.dilationH + 1);
    for (let q = 0; q < g.outW; q++) {
      const left = q * g.strideW - g.padW;
      const right = min(g.W, left + (g.kW - 1) * g.dilationW + 1);
      let best: f32 = -Infinity;
      let winner = -1;
      for (
        let h = top + firstWindow(top, g.dilationH) * g.dilationH;
        h < bottom;
        h += g.dilationH
      ) {
        for (
          let w = left + firstWindow(left, g.dilationW) * g.dilationW;
          w < right;
          w += g.dilationW
        ) {
          let value = load<f32>(x + (<usize>(h * g.W + w) << 2));
          if (isAffine) value = scale * value + shift;
          if (rectify) value = max<f32>(value, 0);
          if (value > best || winner < 0 || value != value) {
            best = value;
            winner = h * g.W + w;
          }
        }
      }
      if (rectify && !(best > 0)) winner = -1;
      store<f32>(out, best);
      store<i32>(argmax, winner);
      out += 4;
      argmax += 4;
    }
  }
}

/** Windows of 2×2 side by side, four at a time, the last four of a row perhaps some once more. */
function maxPool2x2(
  g: Geometry, x: usize, isAffine: bool, scale: f32, shift: f32, out: usize, argmax: usize,
  rectify: bool,
): void {
  const W = g.W, outW = g.outW;
  const rowBytes = <usize>W << 2;
  const factor = f32x4.splat(scale), summand = f32x4.splat(shift);
  for (let p = 0; p < g.outH; p++) {
    for (let q = 0; q < outW; q += 4) {
      const first = min(q, outW - 4);
      const at = 2 * (p * W + first);
      const upper = x + (<usize>at << 2), lower = upper + rowBytes;
      let a = v128.load(upper), b = v128.load(upper, 16);
      let c = v128.load(lower), d = v128.load(lower, 16);
      if (isAffine) {
        a = f32x4.add(f32x4.mul(factor, a), summand);
        b = f32x4.add(f32x4.mul(factor, b), summand);
        c = f32x4.add(f32x4.mul(factor, c), summand);
        d = f32x4.add(f32x4.mul(factor, d), summand);
      }
      const here = i32x4.add(i32x4.splat(at), i32x4(0, 2, 4, 6));
      let best = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
      let which = here;
      let candidate = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
      let wins = beats(candidate, best);
      best = v128.bitselect(candidate, best, wins);
      which = v128.bitselect(i32x4.add(here, i32x4.splat(1)), which, wins);
      candidate = v128.shuffle<f32>(c, d, 0, 2, 4, 6);
      wins = beats(candidate, best);
      best = v128.bitselect(candidate, best, wins);
      which = v128.bitselect(i32x4.add(here, i32x4.splat(W)), which, wins);
      candidate = v128.shuffle<f32>(c, d, 1, 3, 5, 7);
      wins = beats(candidate, best);
      best = v128.bitselect(candidate, best, wins);
      which = v128.bitselect(i32x4.add(here, i32x4.splat(W + 1)), which, wins);
      if (rectify) {
        which = v128.or(which, v128.not(f32x4.gt(best, ZERO)));
        best = f32x4.max(best, ZERO);
      }
      const to = <usize>(p * outW + first) << 2;
      v128.store(out + to, best);
      v128.store(argmax + to, which);
    }
  }
}

/** Where a candidate is larger than the best so far, or NaN. */
@inline
export function beats(candidate: v128, best: v128): v128 {
  return v128.or(f32x4.gt(candidate, best), f32x4.ne(candidate, candidate));
}

/** Adds each of a plane's S dOut onto that of its P pixels that won; dX is overwritten. */
export function maxPool2dBackward(S: i32, P: i32, dOut: usize, argmax: usize, dX: usize): void {
  memory.fill(dX, 0, <usize>P << 2);
  for (let s = 0; s < S; s++) {
    const winner = load<i32>(argmax);
    if (winner >= 0) {
      const at = dX + (<usize>winner << 2);
      store<f32>(at, load<f32>(at) + load<f32>(dOut));
    }
    argmax += 4;
    dOut += 4;
  }
}

/** The mean of each window; padded zeros are counted. */
export function averagePool2d(g: Geometry, x: usize, out: usize): void {
  const count = <f64>(g.kH * g.kW);
  for (let p = 0; p < g.outH; p++) {
    const top = p * g.strideH - g.padH;
    const bottom = min(g.H, top + (g.kH - 1) * g.dilationH + 1);
    for (let q = 0; q < g.outW; q++) {
      const left = q * g.strideW - g.padW;
      const right = min(g.W, left + (g.kW - 1) * g.dilationW + 1);
      let total: f64 = 0; // a window may be a whole plane
      for (
        let h = top + firstWindow(top, g.dilationH) * g.dilationH;
        h < bottom;
        h += g.dilationH
      ) {
        for (
          let w = left + firstWindow(left, g.dilationW) * g.dilationW;
          w < right;
          w += g.dilationW
        ) {
          total += <f64>load<f32>(x + (<usize>(h * g.W + w) << 2));
        }
      }
      store<f32>(out, <f32>(total / count));
      out += 4;
    }
  }
}

/** Spreads each dOut evenly over its window; dX is overwritten. */
export function averagePool2dBackward(g: Geometry, dOut: usize, dX: usize): void {
  const count = <f32>(g.kH * g.kW);
  memory.fill(dX, 0, <usize>(g.H * g.W) << 2);
  for (let p = 0; p < g.outH; p++) {
    const top = p * g.strideH - g.padH;
    const bottom = min(g.H, top + (g.kH - 1) * g.dilationH + 1);
    for (let q = 0; q < g.outW; q++) {
      const left = q * g.strideW - g.padW;
      const right = min(g.W, left + (g.kW - 1) * g.dilationW + 1);
      const share = load<f32>(dOut) / count;
      dOut += 4;
      for (
        let h = top + firstWindow(top, g.dilationH) * g.dilationH;
        h < bottom;
        h += g.dilationH
      ) {
        for (
          let w = left + firstWindow(left, g.dilationW) * g.dilationW;
          w < right;
          w += g.dilationW
        ) {
          const at = dX + (<usize>(h * g.W + w) << 2);
          store<f32>(at, load<f32>(at) + share);
        }
      }
    }
  }
}
