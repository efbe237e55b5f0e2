/**
 * The gradients of a convolution and max pooling as one layer, in loops. Derived in
 * `derivations/fused.md`.
 *
 *   n image   c channel   k filter   i, j entry of a filter   p, q entry of out
 *   h, w window of the convolution, which is a pixel to the pooling
 *
 * Forward, (fused.4): a convolution makes convH × convW numbers of each image and filter, and
 * out[n][k][p][q] is the largest of those in its window, the one at the place
 * argmax[n][k][p][q] = h · convW + w. That is -1 where a rectifier's 0 is larger than all of them.
 * Entry (i, j) of the filter lies on the pixel in row h · strideH + i · dilationH - padH of the
 * image, and likewise for its column.
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({
  dOut,
  argmax,
  x,
  weight,
  hasBias,
  N,
  C,
  H,
  W,
  K,
  convW,
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
}: GivenOf<"convPool2d">) {
  const dX = zeros(N, C, H, W);
  const dWeight = zeros(K, C, kH, kW);
  const dBias = hasBias ? zeros(K) : null;
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      for (let p = 0; p < outH; p++) {
        for (let q = 0; q < outW; q++) {
          // (fused.5) dConv[n, k, h, w] = Σₚ Σ_q 1[argmax[n, k, p, q] = (h, w)] · dOut[n, k, p, q]
          const place = argmax[n][k][p][q];
          if (place < 0) continue;
          const h = Math.floor(place / convW);
          const w = place % convW;
          // (fused.6) dBias[k] = Σₙ Σₕ Σ_w dConv[n, k, h, w]
          if (dBias !== null) dBias[k] += dOut[n][k][p][q];
          for (let c = 0; c < C; c++) {
            for (let i = 0; i < kH; i++) {
              for (let j = 0; j < kW; j++) {
                const row = h * strideH + i * dilationH - padH;
                const column = w * strideW + j * dilationW - padW;
                if (row < 0 || row >= H || column < 0 || column >= W) continue;
                // (fused.7a) dWeight[k, c, i, j] = Σₙ Σₚ Σ_q
                //   dOut[n, k, p, q] · x[n, c, row, column]
                dWeight[k][c][i][j] += dOut[n][k][p][q] * x[n][c][row][column];
                // (fused.8) dX[n, c, row, column] = Σₖ Σᵢ Σⱼ Σₚ Σ_q
                //   weight[k, c, i, j] · dOut[n, k, p, q]
                dX[n][c][row][column] += weight[k][c][i][j] * dOut[n][k][p][q];
              }
            }
          }
        }
      }
    }
  }
  return { dX, dWeight, dBias };
}
