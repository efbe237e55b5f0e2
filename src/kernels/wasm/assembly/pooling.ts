/** Max and average pooling, and their gradients. Sizes in pixels, positions in bytes. float32. */
import { ZERO } from "./gemm";
import { Geometry } from "./generated/table";
import { firstWindow } from "./windows";

/**
 * The largest entry of each window of each plane, and where it was: a 32-bit position in its plane.
 * A NaN wins. With `rectify`, of max(x, 0) instead of x: nobody, −1, wins a window without a
 * positive entry.
 */
export function maxPool2d(
  planes: i32, g: Geometry, x: usize, out: usize, argmax: usize, rectify: bool,
): void {
  if (
    g.kH == 2 && g.kW == 2 && g.strideH == 2 && g.strideW == 2 && g.padH == 0 && g.padW == 0 &&
    g.dilationH == 1 && g.dilationW == 1
  ) {
    for (let n = 0; n < planes; n++) {
      maxPool2x2(g, x, out, argmax, rectify);
      x += <usize>(g.H * g.W) << 2;
      out += <usize>(g.outH * g.outW) << 2;
      argmax += <usize>(g.outH * g.outW) << 2;
    }
    return;
  }
  for (let n = 0; n < planes; n++) {
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
    x += <usize>(g.H * g.W) << 2;
  }
}

/** One plane, windows of 2×2 side by side: four windows at a time. */
function maxPool2x2(g: Geometry, x: usize, out: usize, argmax: usize, rectify: bool): void {
  const W = g.W, outW = g.outW;
  const rowBytes = <usize>W << 2;
  for (let p = 0; p < g.outH; p++) {
    let upper = x + <usize>(2 * p) * rowBytes;
    let lower = upper + rowBytes;
    let at = i32x4.add(i32x4.splat(2 * p * W), i32x4(0, 2, 4, 6));
    let q = 0;
    for (; q + 4 <= outW; q += 4) {
      const a = v128.load(upper), b = v128.load(upper, 16);
      const c = v128.load(lower), d = v128.load(lower, 16);
      let best = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
      let which = at;
      let candidate = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
      let wins = beats(candidate, best);
      best = v128.bitselect(candidate, best, wins);
      which = v128.bitselect(i32x4.add(at, i32x4.splat(1)), which, wins);
      candidate = v128.shuffle<f32>(c, d, 0, 2, 4, 6);
      wins = beats(candidate, best);
      best = v128.bitselect(candidate, best, wins);
      which = v128.bitselect(i32x4.add(at, i32x4.splat(W)), which, wins);
      candidate = v128.shuffle<f32>(c, d, 1, 3, 5, 7);
      wins = beats(candidate, best);
      best = v128.bitselect(candidate, best, wins);
      which = v128.bitselect(i32x4.add(at, i32x4.splat(W + 1)), which, wins);
      if (rectify) {
        which = v128.or(which, v128.not(f32x4.gt(best, ZERO)));
        best = f32x4.max(best, ZERO);
      }
      v128.store(out, best);
      v128.store(argmax, which);
      at = i32x4.add(at, i32x4.splat(8));
      upper += 32; lower += 32; out += 16; argmax += 16;
    }
    for (; q < outW; q++) {
      const h0 = 2 * p * W + 2 * q;
      let best = load<f32>(upper);
      let winner = h0;
      let value = load<f32>(upper, 4);
      if (value > best || value != value) { best = value; winner = h0 + 1; }
      value = load<f32>(lower);
      if (value > best || value != value) { best = value; winner = h0 + W; }
      value = load<f32>(lower, 4);
      if (value > best || value != value) { best = value; winner = h0 + W + 1; }
      if (rectify) {
        if (!(best > 0)) winner = -1;
        best = max<f32>(best, 0);
      }
      store<f32>(out, best);
      store<i32>(argmax, winner);
      upper += 8; lower += 8; out += 4; argmax += 4;
    }
  }
}

/** Where a candidate is larger than the best so far, or NaN. */
@inline
export function beats(candidate: v128, best: v128): v128 {
  return v128.or(f32x4.gt(candidate, best), f32x4.ne(candidate, candidate));
}

/** Adds each dOut onto the pixel that won; dX is overwritten. */
export function maxPool2dBackward(
  planes: i32, windows: i32, pixels: i32, dOut: usize, argmax: usize, dX: usize,
): void {
  memory.fill(dX, 0, <usize>(planes * pixels) << 2);
  for (let n = 0; n < planes; n++) {
    for (let s = 0; s < windows; s++) {
      const winner = load<i32>(argmax);
      if (winner >= 0) {
        const at = dX + (<usize>winner << 2);
        store<f32>(at, load<f32>(at) + load<f32>(dOut));
      }
      argmax += 4;
      dOut += 4;
    }
    dX += <usize>pixels << 2;
  }
}

/** The mean of each window; padded zeros are counted. */
export function averagePool2d(planes: i32, g: Geometry, x: usize, out: usize): void {
  const count = <f32>(g.kH * g.kW);
  for (let n = 0; n < planes; n++) {
    for (let p = 0; p < g.outH; p++) {
      const top = p * g.strideH - g.padH;
      const bottom = min(g.H, top + (g.kH - 1) * g.dilationH + 1);
      for (let q = 0; q < g.outW; q++) {
        const left = q * g.strideW - g.padW;
        const right = min(g.W, left + (g.kW - 1) * g.dilationW + 1);
        let total: f32 = 0;
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
            total += load<f32>(x + (<usize>(h * g.W + w) << 2));
          }
        }
        store<f32>(out, total / count);
        out += 4;
      }
    }
    x += <usize>(g.H * g.W) << 2;
  }
}

/** Spreads each dOut evenly over its window; dX is overwritten. */
export function averagePool2dBackward(planes: i32, g: Geometry, dOut: usize, dX: usize): void {
  const count = <f32>(g.kH * g.kW);
  memory.fill(dX, 0, <usize>(planes * g.H * g.W) << 2);
  for (let n = 0; n < planes; n++) {
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
    dX += <usize>(g.H * g.W) << 2;
  }
}
