/**
 * The gradient of softmax in loops. Derived in `derivations/softmax-cross-entropy.md`.
 *
 *   n row   c, j class
 *
 * Forward, (softmax-cross-entropy.1): out[n][c] is exp(x[n][c]), divided by the sum of
 * exp(x[n][j]) over all classes j.
 */
import { exp } from "../../../tensor/index.js";
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, x, N, C }: GivenOf<"softmax">) {
  const dX = zeros(N, C);
  for (let n = 0; n < N; n++) {
    // (softmax-cross-entropy.1) p[c] = exp(x[c]) / Σⱼ exp(x[j])
    let total = 0;
    for (let c = 0; c < C; c++) total += exp(x[n][c]);
    const p = zeros(C);
    for (let c = 0; c < C; c++) p[c] = exp(x[n][c]) / total;
    // every score moves every probability of its row, so there is a sum over c
    let common = 0;
    for (let c = 0; c < C; c++) common += dOut[n][c] * p[c];
    for (let j = 0; j < C; j++) {
      // (softmax-cross-entropy.10) dX[j] = dOut[j] · p[j] − p[j] · Σ_c dOut[c] · p[c]
      dX[n][j] = dOut[n][j] * p[j] - p[j] * common;
    }
  }
  return { dX };
}
