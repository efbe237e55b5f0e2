/**
 * Both gradients of a convolution behind which a rectifier and a max pooling stand. Of its dOut
 * only the windows' winners can differ from 0, and a window that the rectifier closes has none: an
 * entry in eight is left. They are listed, filter by filter, and nothing else is multiplied; no
 * columns are laid out. For stride 1 and dilation 1, where a window is, row by row, one contiguous
 * piece of an image whose channels lie side by side:
 *
 *     pixels[h, w, c]      an image with its padding, channels last
 *     L = kW·C             numbers of one row of a window, from pixels[p + i, q, 0] on
 */
import { lineAfter } from "./gemm";
import {
  ConvolutionInputGradientArguments, ConvolutionWeightGradientArguments, Geometry,
} from "./generated/table";
import { spreadList, walkList, walkNarrow } from "./sparse";
import { transpose } from "./transpose";
import { pixels, windows } from "./windows";

@inline
function paddedW(g: Geometry): i32 {
  return g.W + 2 * g.padW;
}

/** Bytes of an image with its padding. */
@inline
function paddedBytes(g: Geometry, C: i32): u64 {
  return <u64>(g.H + 2 * g.padH) * <u64>paddedW(g) * <u64>C << 2;
}

/** From [C, H, W] to channels last, with zeros around. */
function toPixels(C: i32, g: Geometry, x: usize, pixels: usize): void {
  if (g.padH != 0 || g.padW != 0) memory.fill(pixels, 0, <usize>paddedBytes(g, C));
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

/** Where the first pixel of each of the outH·outW windows is, from the start of an image on. */
function firstPixels(C: i32, g: Geometry, table: usize): void {
  for (let p = 0; p < g.outH; p++) {
    for (let q = 0; q < g.outW; q++) {
      store<usize>(table, <usize>((p * paddedW(g) + q) * C) << 2);
      table += 4;
    }
  }
}

/**
 * Bytes of scratch space for either gradient: the table of {@link firstPixels}, a list of S
 * winners, and an image, behind which up to three numbers are read.
 */
function scratchBytes(C: i32, S: i32, g: Geometry): u64 {
  const table = lineAfter(<u64>g.outH * <u64>g.outW << 2);
  return table + lineAfter(<u64>(S + 1) << 3) + paddedBytes(g, C) + 16;
}

export function convolutionWeightGradientScratch(job: ConvolutionWeightGradientArguments): u64 {
  return scratchBytes(job.C, job.S, job.geometry);
}

export function convolutionInputGradientScratch(job: ConvolutionInputGradientArguments): u64 {
  return scratchBytes(job.C, job.S, job.geometry);
}

/**
 * The entries of one channel of dOut that won: 8 bytes each, where the window's first pixel is, and
 * the value.
 *
 * @param S pooled windows
 * @param dPooled [S], what flows back into the pooling; argmax [S], the winners, or −1
 */
function listWinners(
  S: i32, dPooled: usize, argmax: usize, table: usize, pixels: usize, list: usize,
): usize {
  let end = list;
  // every second window, then the others: neighbours add to the same pixels, and would wait for
  // each other
  for (let first: usize = 0; first < 8; first += 4) {
    for (let s = first; s < <usize>S << 2; s += 8) {
      store<usize>(end, pixels + load<usize>(table + (load<usize>(argmax + s) << 2)));
      store<f32>(end, load<f32>(dPooled + s), 4);
      // no branch: the next entry overwrites one that did not win
      end += load<i32>(argmax + s) >= 0 ? 8 : 0;
    }
  }
  return end;
}

/** The same for a channel of dOut that is laid out: [S], an entry for each window. */
function listNonZero(S: i32, dOut: usize, table: usize, pixels: usize, list: usize): usize {
  let end = list;
  for (let first: usize = 0; first < 8; first += 4) {
    for (let s = first; s < <usize>S << 2; s += 8) {
      store<usize>(end, pixels + load<usize>(table + s));
      store<f32>(end, load<f32>(dOut + s), 4);
      end += load<f32>(dOut + s) != 0 ? 8 : 0;
    }
  }
  return end;
}

/**
 * `dWeight[k, i, j, c] = Σ dOut[n, k, p, q] · pixels[p + i, q + j, c]`, over N images; see
 * {@link weightGradient}.
 */
export function convolutionWeightGradient(
  N: i32, C: i32, K: i32, S: i32, g: Geometry, x: usize, dOut: usize, argmax: usize,
  dWeight: usize, scratch: usize,
): void {
  const winners = <usize>(K * S) << 2;
  const free = lineAfter(scratch + windows(g));
  memory.fill(dWeight, 0, <usize>(K * C * g.kH * g.kW) << 2);
  firstPixels(C, g, scratch);
  for (let n = 0; n < N; n++) {
    weightGradient(C, K, S, g, x, dOut, argmax, dWeight, scratch, free);
    x += <usize>C * pixels(g); dOut += winners;
    if (argmax) argmax += winners;
  }
}

/**
 * `dWeight[k, i, j, c] += Σ dOut[k, p, q] · pixels[p + i, q + j, c]`, for one image.
 *
 * @param x [C, H, W]; dPooled, argmax [K, S]; argmax is 0 for a dOut that is laid out
 * @param dWeight [K, kH, kW, C]
 * @param table see {@link firstPixels}
 * @param scratch room for a list of S entries, and for the image with its padding
 */
function weightGradient(
  C: i32, K: i32, S: i32, g: Geometry, x: usize, dPooled: usize, argmax: usize,
  dWeight: usize, table: usize, scratch: usize,
): void {
  const list = scratch;
  let pixels = lineAfter(list + (<usize>(S + 1) << 3));
  if (C == 1 && g.padH == 0 && g.padW == 0) pixels = x;
  else toPixels(C, g, x, pixels);
  const L = g.kW * C;
  const rowBytes = <usize>(paddedW(g) * C) << 2;
  const windowBytes = <usize>S << 2;
  for (let k = 0; k < K; k++) {
    const end = argmax
      ? listWinners(S, dPooled, argmax, table, pixels, list)
      : listNonZero(S, dPooled, table, pixels, list);
    // (conv2d.7) dWeight = Σₙ dOutₙ · colsₙᵀ:
    //   each entry of dOut that is listed times its window, row by row
    if (L <= 4) walkNarrow(list, end, rowBytes, g.kH, L, dWeight);
    else for (let i = 0; i < g.kH; i++)
      walkList(list, end, <usize>i * rowBytes, L, dWeight + (<usize>(i * L) << 2), true);
    dWeight += <usize>(g.kH * L) << 2;
    dPooled += windowBytes;
    if (argmax) argmax += windowBytes;
  }
}

/** The gradient of N images; see {@link inputGradient}. */
export function convolutionInputGradient(
  N: i32, C: i32, K: i32, S: i32, g: Geometry, weight: usize, dOut: usize, argmax: usize,
  dX: usize, scratch: usize,
): void {
  const winners = <usize>(K * S) << 2;
  const free = lineAfter(scratch + windows(g));
  firstPixels(C, g, scratch);
  for (let n = 0; n < N; n++) {
    inputGradient(C, K, S, g, weight, dOut, argmax, dX, scratch, free);
    dX += <usize>C * pixels(g); dOut += winners;
    if (argmax) argmax += winners;
  }
}

/**
 * `dX = Σ dOut[k, p, q] · weight[k, i, j, c]` on pixel (p + i, q + j), for one image; dX is
 * overwritten.
 *
 * @param weight [K, kH, kW, C]; dPooled, argmax [K, S]
 * @param dX [C, H, W]
 */
function inputGradient(
  C: i32, K: i32, S: i32, g: Geometry, weight: usize, dPooled: usize, argmax: usize,
  dX: usize, table: usize, scratch: usize,
): void {
  const list = scratch;
  const pixels = lineAfter(list + (<usize>(S + 1) << 3));
  memory.fill(pixels, 0, <usize>paddedBytes(g, C));
  const L = g.kW * C;
  const rowBytes = <usize>(paddedW(g) * C) << 2;
  const windowBytes = <usize>S << 2;
  for (let k = 0; k < K; k++) {
    const end = argmax
      ? listWinners(S, dPooled, argmax, table, pixels, list)
      : listNonZero(S, dPooled, table, pixels, list);
    // (conv2d.8) dColsₙ = filtersᵀ · dOutₙ:
    //   each entry of dOut that is listed times its filter, row by row, and at once
    // (conv2d.10) dX = col2im(dCols): added onto the pixels of its window
    for (let i = 0; i < g.kH; i++) {
      spreadList(list, end, <usize>i * rowBytes, L, weight);
      weight += <usize>L << 2;
    }
    dPooled += windowBytes;
    if (argmax) argmax += windowBytes;
  }
  fromPixels(C, g, pixels, dX);
}
