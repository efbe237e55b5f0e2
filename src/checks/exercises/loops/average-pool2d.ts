/**
 * The gradient of average pooling in loops. Derived in `derivations/pooling.md`.
 *
 *   n image   c channel   p, q window   i, j entry of a window   h, w pixel
 *
 * Forward, (pooling.5): out[n][c][p][q] is the sum of the pixels of window (p, q), divided by
 * kH · kW. Entry (i, j) of the window lies on the pixel in row p · strideH + i · dilationH - padH
 * of the image, and likewise for its column. Outside of the image is padding, which counts as 0.
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({
  dOut,
  N,
  C,
  H,
  W,
  kH,
  kW,
  outH,
  outW,
  strideH,
  strideW,
  padH,
  padW,
  dilationH,
  dilationW,
}: GivenOf<"averagePool2d">) {
  const dX = zeros(N, C, H, W);
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      for (let p = 0; p < outH; p++) {
        for (let q = 0; q < outW; q++) {
          for (let i = 0; i < kH; i++) {
            for (let j = 0; j < kW; j++) {
              const h = p * strideH + i * dilationH - padH;
              const w = q * strideW + j * dilationW - padW;
              if (h < 0 || h >= H || w < 0 || w >= W) continue;
              // (pooling.6) dX[n, c, h, w] = 1/(kH·kW) · Σₚ Σ_q
              //   1[window (p, q) holds (h, w)] · dOut[n, c, p, q]
              dX[n][c][h][w] += dOut[n][c][p][q] / (kH * kW);
            }
          }
        }
      }
    }
  }
  return { dX };
}
