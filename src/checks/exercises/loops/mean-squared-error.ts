/**
 * The gradient of the mean squared error in loops. Derived in `derivations/mean-squared-error.md`.
 *
 *   i entry of the prediction, whatever its shape
 *
 * Forward, (mean-squared-error.1): the loss is the mean over all i of (prediction[i] - target[i])².
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, prediction, target, M }: GivenOf<"meanSquaredError">) {
  const dPrediction = zeros(M);
  for (let i = 0; i < M; i++) {
    // (mean-squared-error.4) dPrediction[i] = dOut · 2/M · (prediction[i] − target[i])
    dPrediction[i] = dOut * (2 / M) * (prediction[i] - target[i]);
  }
  return { dPrediction };
}
