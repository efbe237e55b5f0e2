/**
 * The gradient of max pooling in loops. Derived in `derivations/pooling.md`.
 *
 *   n image   c channel   p, q window   i, j entry of a window   h, w pixel
 *
 * Forward, (pooling.1): out[n][c][p][q] is the largest pixel of window (p, q). Entry (i, j) of the
 * window lies on the pixel in row p · strideH + i · dilationH - padH of the image, and likewise for
 * its column. Outside of the image is padding, which never wins. If several pixels are the largest,
 * the first one wins, row by row.
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({
  dOut,
  x,
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
}: GivenOf<"maxPool2d">) {
  const dX = zeros(N, C, H, W);
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      for (let p = 0; p < outH; p++) {
        for (let q = 0; q < outW; q++) {
          // (pooling.2) argmax[n, c, p, q] = the first (h, w) of the window where
          //   x[n, c, h, w] is the largest
          let [largest, winnerH, winnerW] = [-Infinity, 0, 0];
          for (let i = 0; i < kH; i++) {
            for (let j = 0; j < kW; j++) {
              const h = p * strideH + i * dilationH - padH;
              const w = q * strideW + j * dilationW - padW;
              if (h < 0 || h >= H || w < 0 || w >= W) continue;
              if (x[n][c][h][w] > largest) {
                [largest, winnerH, winnerW] = [x[n][c][h][w], h, w];
              }
            }
          }
          // (pooling.4) dX[n, c, h, w] = Σₚ Σ_q 1[argmax[n, c, p, q] = (h, w)] · dOut[n, c, p, q]
          dX[n][c][winnerH][winnerW] += dOut[n][c][p][q];
        }
      }
    }
  }
  return { dX };
}
