/**
 * The gradients of an affine layer in loops. Derived in `derivations/affine.md`.
 *
 *   n row of the batch   i input   o output
 *
 * Forward, (affine.1): out[n][o] is bias[o] plus the sum of x[n][i] · weight[o][i] over all i.
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, x, weight, hasBias, N, I, O }: GivenOf<"affine">) {
  const dX = zeros(N, I);
  const dWeight = zeros(O, I);
  const dBias = hasBias ? zeros(O) : null;
  for (let n = 0; n < N; n++) {
    for (let o = 0; o < O; o++) {
      // (affine.5) dBias[o] = Σₙ dOut[n, o]
      if (dBias !== null) dBias[o] += dOut[n][o];
      for (let i = 0; i < I; i++) {
        // (affine.8) dWeight[o, i] = Σₙ dOut[n, o] · x[n, i]
        dWeight[o][i] += dOut[n][o] * x[n][i];
        // (affine.11) dX[n, i] = Σₒ dOut[n, o] · weight[o, i]
        dX[n][i] += dOut[n][o] * weight[o][i];
      }
    }
  }
  return { dX, dWeight, dBias };
}
