/**
 * Both gradients of a convolution whose dOut is mostly zeros, without columns and without multiplying zeros. Behind a max pooling and a
 * rectifier, seven entries in eight are 0. For stride 1 and dilation 1, where a window is, row by row, one contiguous piece of an image
 * whose channels lie side by side:
 *
 *     pixels[h, w, c]      an image with its padding, channels last
 *     L = kW·C             numbers of one row of a window, from pixels[p + i, q, 0] on
 */
import { walkList } from "./sparse";
import { transpose } from "./transpose";
import { Geometry } from "./windows";

@inline
function paddedW(g: Geometry): i32 {
  return g.W + 2 * g.padW;
}

/** Bytes of an image with its padding. */
@inline
function paddedBytes(g: Geometry, C: i32): usize {
  return <usize>((g.H + 2 * g.padH) * paddedW(g) * C) << 2;
}

/** From [C, H, W] to channels last, with zeros around. */
function toPixels(C: i32, g: Geometry, x: usize, pixels: usize): void {
  if (g.padH != 0 || g.padW != 0) memory.fill(pixels, 0, paddedBytes(g, C));
  for (let h = 0; h < g.H; h++) {
    const to = pixels + (<usize>(((h + g.padH) * paddedW(g) + g.padW) * C) << 2);
    transpose(C, g.W, x + (<usize>(h * g.W) << 2), <usize>(g.H * g.W) << 2, to, <usize>C << 2);
  }
}

/** From channels last back to [C, H, W]; the padding is left out. */
function fromPixels(C: i32, g: Geometry, pixels: usize, x: usize): void {
  for (let h = 0; h < g.H; h++) {
    const from = pixels + (<usize>(((h + g.padH) * paddedW(g) + g.padW) * C) << 2);
    transpose(g.W, C, from, <usize>C << 2, x + (<usize>(h * g.W) << 2), <usize>(g.H * g.W) << 2);
  }
}

/**
 * `dWeight[k, i, j, c] += Σ dOut[k, p, q] · pixels[p + i, q + j, c]` over the entries of dOut that are not 0, for one image.
 *
 * @param dOut [K, outH·outW]
 * @param dWeight [K, kH, kW, C]
 */
export function sparseWeightGradient(C: i32, K: i32, g: Geometry, x: usize, dOut: usize, dWeight: usize, scratch: usize): void {
  const pixels = scratch;
  const list = pixels + paddedBytes(g, C);
  const pixelBytes = <usize>C << 2;
  const rowBytes = <usize>paddedW(g) * pixelBytes;
  const L = g.kW * C;
  toPixels(C, g, x, pixels);
  for (let k = 0; k < K; k++) {
    let end = list;
    for (let p = 0; p < g.outH; p++) {
      let at = pixels + <usize>p * rowBytes;
      for (let q = 0; q < g.outW; q++) {
        const value = load<f32>(dOut);
        store<usize>(end, at);
        store<f32>(end, value, 4);
        end += value != 0 ? 8 : 0;
        at += pixelBytes;
        dOut += 4;
      }
    }
    for (let i = 0; i < g.kH; i++) {
      walkList(list, end, <usize>i * rowBytes, L, dWeight, true);
      dWeight += <usize>L << 2;
    }
  }
}

/**
 * `dX[c, h, w] = Σ dOut[k, p, q] · weight[k, c, h − p, w − q]` over the entries of dOut that are not 0, for one image.
 *
 * @param weight [K, kH, kW, C]
 * @param dOut [K, outH·outW]
 * @param dX [C, H, W], overwritten
 */
export function sparseInputGradient(C: i32, K: i32, g: Geometry, weight: usize, dOut: usize, dX: usize, scratch: usize): void {
  const P = g.outH * g.outW, L = g.kW * C;
  const pixels = scratch;
  const turned = pixels + paddedBytes(g, C);
  const list = turned + (<usize>(P * K) << 2);
  const pixelBytes = <usize>C << 2;
  const rowBytes = <usize>paddedW(g) * pixelBytes;
  const filterBytes = <usize>(g.kH * L) << 2;
  memory.fill(pixels, 0, paddedBytes(g, C));
  transpose(K, P, dOut, <usize>P << 2, turned, <usize>K << 2);
  let entry = turned;
  for (let p = 0; p < g.outH; p++) {
    for (let q = 0; q < g.outW; q++) {
      let end = list;
      let filter = weight;
      for (let k = 0; k < K; k++) {
        const value = load<f32>(entry);
        store<usize>(end, filter);
        store<f32>(end, value, 4);
        end += value != 0 ? 8 : 0;
        filter += filterBytes;
        entry += 4;
      }
      if (end == list) continue;
      for (let i = 0; i < g.kH; i++) walkList(list, end, <usize>(i * L) << 2, L, pixels + <usize>(p + i) * rowBytes + <usize>q * pixelBytes, true);
    }
  }
  fromPixels(C, g, pixels, dX);
}
