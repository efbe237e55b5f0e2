/**
 * The loss of a regression: the squared distance, averaged over all entries. Derived in
 * `derivations/mean-squared-error.md`.
 */
import {
  formatShape,
  mean,
  multiply,
  reject,
  sameShape,
  subtract,
  type Tensor,
} from "../tensor/index.js";

export interface MeanSquaredErrorCache {
  /** prediction − target */
  readonly difference: Tensor;
}

/**
 * @param prediction any shape
 * @param target of the same shape
 * @returns out, the loss as a scalar tensor, mean over all entries
 * @throws InputError when the shapes differ
 */
export async function meanSquaredErrorForward(
  prediction: Tensor,
  target: Tensor,
): Promise<{ out: Tensor; cache: MeanSquaredErrorCache }> {
  if (!sameShape(prediction.shape, target.shape)) {
    reject(
      "meanSquaredError",
      `a target of shape ${formatShape(prediction.shape)}`,
      formatShape(target.shape),
    );
  }
  // (mean-squared-error.1) loss = 1/M · Σᵢ (prediction[i] − target[i])²
  const difference = subtract(prediction, target);
  return { out: mean(multiply(difference, difference)), cache: { difference } };
}

/**
 * @param dOut scalar
 * @returns dPrediction, of the prediction's shape
 */
export async function meanSquaredErrorBackward(
  dOut: Tensor,
  { difference }: MeanSquaredErrorCache,
): Promise<{ dPrediction: Tensor }> {
  // (mean-squared-error.4) dPrediction = dOut · 2/M · (prediction − target)
  return { dPrediction: multiply(difference, (dOut.item() * 2) / difference.size) };
}
