/**
 * The gradients of a convolution in loops. Derived in `derivations/conv2d-gradients.md` and
 * `derivations/conv2d-second-road.md`.
 *
 *   n image   c channel of a group   k filter   i, j entry of a filter   p, q window
 *   h, w pixel   g group
 *
 * Forward, (conv2d.3): out[n][k][p][q] is bias[k] plus, summed over all c, i and j, the weight
 * weight[k][c][i][j] times the pixel under it. That is in row p · strideH + i · dilationH - padH,
 * and its column goes by q and j likewise; outside of the image it is 0. Filter k sees the channels
 * of its group alone: with G groups, filters 0 … K/G - 1 see channels 0 … C/G - 1, and so on.
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({
  dOut,
  x,
  weight,
  hasBias,
  N,
  C,
  H,
  W,
  K,
  G,
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
}: GivenOf<"conv2d">) {
  const dX = zeros(N, C, H, W);
  const dWeight = zeros(K, C / G, kH, kW);
  const dBias = hasBias ? zeros(K) : null;
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      const first = Math.floor(k / (K / G)) * (C / G); // first channel of the filter's group
      for (let p = 0; p < outH; p++) {
        for (let q = 0; q < outW; q++) {
          // (conv2d.6) dBias[k] = Σₙ Σₚ Σ_q dOut[n, k, p, q]
          if (dBias !== null) dBias[k] += dOut[n][k][p][q];
          for (let c = 0; c < C / G; c++) {
            for (let i = 0; i < kH; i++) {
              for (let j = 0; j < kW; j++) {
                // (conv2d.1d) u(p, i) = p·strideH + i·dilationH − padH
                const h = p * strideH + i * dilationH - padH;
                // (conv2d.1e) v(q, j) = q·strideW + j·dilationW − padW
                const w = q * strideW + j * dilationW - padW;
                if (h < 0 || h >= H || w < 0 || w >= W) continue; // padding is no variable
                // (conv2d.7a) dWeight[k, c, i, j] = Σₙ Σₚ Σ_q
                //   dOut[n, k, p, q] · x[n, c, u(p, i), v(q, j)]
                dWeight[k][c][i][j] += dOut[n][k][p][q] * x[n][first + c][h][w];
                // (conv2d.11) dX[n, c, h, w] = Σₖ Σᵢ Σⱼ Σₚ Σ_q
                //   dOut[n, k, p, q] · weight[k, c, i, j], where h = u(p, i) and w = v(q, j)
                dX[n][first + c][h][w] += dOut[n][k][p][q] * weight[k][c][i][j];
              }
            }
          }
        }
      }
    }
  }
  return { dX, dWeight, dBias };
}
