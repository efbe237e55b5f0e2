/**
 * The gradient of a flatten layer in loops. Derived in `derivations/affine.md`.
 *
 *   n image   c channel   h row   w column
 *
 * Forward, (affine.13): out[n][(c * H + h) * W + w] is x[n][c][h][w].
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, N, C, H, W }: GivenOf<"flatten">) {
  const dX = zeros(N, C, H, W);
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      for (let h = 0; h < H; h++) {
        for (let w = 0; w < W; w++) {
          // (affine.15) dX[n, c, h, w] = dOut[n, (c·H + h)·W + w]
          dX[n][c][h][w] = dOut[n][(c * H + h) * W + w];
        }
      }
    }
  }
  return { dX };
}
