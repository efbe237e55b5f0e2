/**
 * Convolutions of numbers that are often 0, without columns and without multiplying zeros. For stride 1 and dilation 1, where a filter's
 * window is, row by row, one contiguous piece of an image whose channels lie side by side:
 *
 *     pixels[h, w, c]      an image with its padding, channels last
 *     L = kW·C             numbers of one row of a window, from pixels[p + i, q, 0] on
 *
 * Behind a max pooling and a rectifier, seven entries of dOut in eight are 0; behind a rectifier, so is about half of the image.
 */
import { transpose, walkList } from "./gemm";
import { Geometry } from "./windows";

const ZERO = f32x4.splat(0);

// @ts-ignore: decorator
@inline
function paddedW(g: Geometry): i32 {
  return g.W + 2 * g.padW;
}

/** Bytes of an image with its padding. */
// @ts-ignore: decorator
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
 * `out[k, p, q] = bias[k] + Σ weight[k, c, i, j] · pixels[p + i, q + j, c]` over the pixels that are not 0, for one image.
 *
 * @param weight [kH, kW, C, K], K a multiple of 32
 * @param out [K, outH·outW]
 */
export function sparseForward(C: i32, K: i32, g: Geometry, x: usize, weight: usize, bias: usize, out: usize, scratch: usize): void {
  const Wp = paddedW(g), P = g.outH * g.outW;
  const pixels = scratch;
  const lists = pixels + paddedBytes(g, C); // for each pixel its non-zeros: 8 bytes each, a position in the weights and a value
  const ends = lists + 2 * paddedBytes(g, C);
  const turned = ends + (<usize>((g.H + 2 * g.padH) * Wp) << 2);
  toPixels(C, g, x, pixels);
  listPixels(C, K, (g.H + 2 * g.padH) * Wp, pixels, lists, ends);
  const rowOfK = <usize>K << 2;
  const listBytes = <usize>C << 3;
  for (let block = 0; block < K; block += 32) {
    const at = <usize>block << 2;
    for (let p = 0; p < g.outH; p++) {
      for (let q = 0; q < g.outW; q++) {
        let c0 = start(bias, at), c1 = start(bias, at + 16), c2 = start(bias, at + 32), c3 = start(bias, at + 48);
        let c4 = start(bias, at + 64), c5 = start(bias, at + 80), c6 = start(bias, at + 96), c7 = start(bias, at + 112);
        let w = weight + at;
        for (let i = 0; i < g.kH; i++) {
          let pixel = (p + i) * Wp + q;
          for (let j = 0; j < g.kW; j++, pixel++, w += <usize>C * rowOfK) {
            const list = lists + <usize>pixel * listBytes;
            const end = load<usize>(ends + (<usize>pixel << 2));
            for (let e = list; e < end; e += 8) {
              const v = v128.load32_splat(e, 4);
              const row = w + load<usize>(e);
              c0 = madd(c0, v, v128.load(row)); c1 = madd(c1, v, v128.load(row, 16)); c2 = madd(c2, v, v128.load(row, 32)); c3 = madd(c3, v, v128.load(row, 48));
              c4 = madd(c4, v, v128.load(row, 64)); c5 = madd(c5, v, v128.load(row, 80)); c6 = madd(c6, v, v128.load(row, 96)); c7 = madd(c7, v, v128.load(row, 112));
            }
          }
        }
        const to = turned + <usize>(p * g.outW + q) * rowOfK + at;
        v128.store(to, c0); v128.store(to, c1, 16); v128.store(to, c2, 32); v128.store(to, c3, 48);
        v128.store(to, c4, 64); v128.store(to, c5, 80); v128.store(to, c6, 96); v128.store(to, c7, 112);
      }
    }
  }
  transpose(P, K, turned, rowOfK, out, <usize>P << 2);
}

// @ts-ignore: decorator
@inline
function start(bias: usize, at: usize): v128 {
  return bias ? v128.load(bias + at) : ZERO;
}

// @ts-ignore: decorator
@inline
function madd(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y));
}

function listPixels(C: i32, K: i32, count: i32, pixels: usize, lists: usize, ends: usize): void {
  const step = <usize>K << 2;
  for (let n = 0; n < count; n++) {
    let end = lists + (<usize>(n * C) << 3);
    let row: usize = 0;
    for (let c = 0; c < C; c++) {
      const value = load<f32>(pixels);
      store<usize>(end, row);
      store<f32>(end, value, 4);
      end += value != 0 ? 8 : 0;
      row += step;
      pixels += 4;
    }
    store<usize>(ends + (<usize>n << 2), end);
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
