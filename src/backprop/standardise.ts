/**
 * Standardising: numbers are shifted and stretched until their mean is 0 and their variance 1.
 * Batch and layer normalisation both do this, over different axes; each knows the gradient for its
 * own. Derived in `derivations/normalisation.md`.
 *
 *   M numbers, taken along some axes   μ their mean   σ² their variance   ρ = 1 / √(σ² + ε)
 *   x̂ the standardised numbers
 */
import { map, mean, multiply, subtract, type Tensor } from "../tensor/index.js";

/** Mean and variance along some axes, which stay with extent 1. */
export interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

export function moments(x: Tensor, axes: readonly number[]): Moments {
  const along = { axes, keepDims: true };
  // (normalisation.1) μ = 1/M · Σᵢ x[i]
  const mu = mean(x, along);
  const centred = subtract(x, mu);
  // (normalisation.2) σ² = 1/M · Σᵢ (x[i] − μ)²
  return { mean: mu, variance: mean(multiply(centred, centred), along) };
}

export interface Standardised {
  /** x̂, of x's shape. */
  readonly xHat: Tensor;
  /** ρ, of the moments' shape. */
  readonly rho: Tensor;
}

/** @param epsilon keeps numbers that are all the same from being divided by 0 */
export function standardise(
  x: Tensor,
  { mean: mu, variance }: Moments,
  epsilon: number,
): Standardised {
  // (normalisation.3) ρ = 1 / √(σ² + ε)
  const rho = map(variance, (value) => 1 / Math.sqrt(value + epsilon));
  // (normalisation.4) x̂[i] = ρ · (x[i] − μ)
  return { xHat: multiply(subtract(x, mu), rho), rho };
}
