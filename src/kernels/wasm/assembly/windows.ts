/**
 * Windows of images: im2col and its adjoint col2im. Sizes in pixels, positions in bytes. float32.
 */

import { Geometry } from "./generated/table";

/** Bytes of one plane of an image. */
@inline
export function pixels(g: Geometry): usize {
  return <usize>(g.H * g.W) << 2;
}

/** Bytes of one plane of windows. */
@inline
export function windows(g: Geometry): usize {
  return <usize>(g.outH * g.outW) << 2;
}

@inline
function ceilDivide(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

/** The first window whose entry at offset `left` falls on the image. */
@inline
export function firstWindow(left: i32, stride: i32): i32 {
  return left >= 0 ? 0 : ceilDivide(-left, stride);
}

/** One past the last such window. */
@inline
function endWindow(left: i32, stride: i32, extent: i32, windows: i32): i32 {
  const last = extent - 1 - left;
  return last < 0 ? 0 : min(windows, last / stride + 1);
}

/** Whether a window reaches beyond the image. */
function hasPadding(g: Geometry): bool {
  const bottom = (g.outH - 1) * g.strideH + (g.kH - 1) * g.dilationH - g.padH;
  const right = (g.outW - 1) * g.strideW + (g.kW - 1) * g.dilationW - g.padW;
  return g.padH != 0 || g.padW != 0 || bottom >= g.H || right >= g.W;
}

/** Lays the windows of C planes out as columns, [C·kH·kW, outH·outW]. */
export function im2col(C: i32, g: Geometry, x: usize, cols: usize): void {
  const H = g.H, W = g.W, outH = g.outH, outW = g.outW, strideW = g.strideW;
  const plane = <usize>(H * W) << 2;
  if (hasPadding(g)) memory.fill(cols, 0, <usize>(C * g.kH * g.kW * outH * outW) << 2);
  let row = cols;
  const rowBytes = <usize>(outH * outW) << 2;
  for (let c = 0; c < C; c++) {
    for (let i = 0; i < g.kH; i++) {
      for (let j = 0; j < g.kW; j++) {
        const left = j * g.dilationW - g.padW;
        const first = firstWindow(left, strideW), end = endWindow(left, strideW, W, outW);
        for (let p = 0; p < outH; p++) {
          const h = p * g.strideH + i * g.dilationH - g.padH;
          if (h < 0 || h >= H) continue;
          let from = x + (<usize>(h * W + left + first * strideW) << 2);
          let to = row + (<usize>(p * outW + first) << 2);
          let q = first;
          if (strideW == 1 && end - first >= 4) {
            for (; q + 4 <= end; q += 4) { v128.store(to, v128.load(from)); to += 16; from += 16; }
            if (q < end) {
              // the last four once more: some are copied twice
              const back = <usize>(4 - (end - q)) << 2;
              v128.store(to - back, v128.load(from - back));
            }
          } else {
            for (; q < end; q++) {
              store<f32>(to, load<f32>(from));
              to += 4;
              from += <usize>strideW << 2;
            }
          }
        }
        row += rowBytes;
      }
    }
    x += plane;
  }
}

/** Adds columns back onto the pixels of C planes; x is overwritten. */
export function col2im(C: i32, g: Geometry, cols: usize, x: usize): void {
  const H = g.H, W = g.W, outH = g.outH, outW = g.outW, strideW = g.strideW;
  const plane = <usize>(H * W) << 2;
  memory.fill(x, 0, <usize>C * plane);
  let row = cols;
  const rowBytes = <usize>(outH * outW) << 2;
  for (let c = 0; c < C; c++) {
    for (let i = 0; i < g.kH; i++) {
      for (let j = 0; j < g.kW; j++) {
        const left = j * g.dilationW - g.padW;
        const first = firstWindow(left, strideW), end = endWindow(left, strideW, W, outW);
        for (let p = 0; p < outH; p++) {
          const h = p * g.strideH + i * g.dilationH - g.padH;
          if (h < 0 || h >= H) continue;
          let to = x + (<usize>(h * W + left + first * strideW) << 2);
          let from = row + (<usize>(p * outW + first) << 2);
          let q = first;
          if (strideW == 1) {
            for (; q + 4 <= end; q += 4) {
              v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
              to += 16;
              from += 16;
            }
            for (; q < end; q++) {
              store<f32>(to, load<f32>(to) + load<f32>(from));
              to += 4;
              from += 4;
            }
          } else {
            for (; q < end; q++) {
              store<f32>(to, load<f32>(to) + load<f32>(from));
              to += <usize>strideW << 2;
              from += 4;
            }
          }
        }
        row += rowBytes;
      }
    }
    x += plane;
  }
}
