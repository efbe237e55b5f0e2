/**
 * The gradient of global average pooling in loops. Derived in `derivations/pooling.md`.
 *
 *   n image   c channel   h, w pixel
 *
 * Forward, (pooling.7): out[n][c] is the mean of x[n][c][h][w] over all h and w.
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, N, C, H, W }: GivenOf<"globalAveragePool2d">) {
  const dX = zeros(N, C, H, W);
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      for (let h = 0; h < H; h++) {
        for (let w = 0; w < W; w++) {
          // (pooling.8) dX[n, c, h, w] = dOut[n, c] / (H·W)
          dX[n][c][h][w] = dOut[n][c] / (H * W);
        }
      }
    }
  }
  return { dX };
}
