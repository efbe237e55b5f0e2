/**
 * Standardising: numbers are shifted and stretched until their mean is 0 and their variance 1.
 * Batch and layer normalisation both do this, with channels and with rows; each knows the gradient
 * for its own. Derived in `derivations/normalisation.md`.
 *
 *   M numbers, those of one channel   μ their mean   σ² their variance   ρ = 1 / √(σ² + ε)
 *   x̂ the standardised numbers
 */
import { type Backend, type ChannelMoments, reference } from "../kernels/index.js";
import { map, type Tensor } from "../tensor/index.js";

/**
 * Mean and variance of every channel, over all axes but the second. Derived in
 * `derivations/normalisation.md`, (normalisation.1), (normalisation.2).
 *
 * @param x [N, C, ...]
 * @returns [C] each; the variance divided by M, not by M − 1
 * @throws InputError when x has fewer than two axes
 */
export function moments(x: Tensor, backend: Backend = reference): Promise<ChannelMoments> {
  // (normalisation.1) μ = 1/M · Σᵢ x[i]
  // (normalisation.2) σ² = 1/M · Σᵢ (x[i] − μ)²
  return backend.channelMoments(x);
}

/** ρ, of the variance's shape. */
export function inverseDeviation(variance: Tensor, epsilon: number): Tensor {
  // (normalisation.3) ρ = 1 / √(σ² + ε)
  return map(variance, (value) => 1 / Math.sqrt(value + epsilon));
}

/** What standardising returns. */
export interface Standardised {
  /** x̂, of x's shape. */
  readonly xHat: Tensor;
  /** ρ, [C]. */
  readonly rho: Tensor;
}

/**
 * Shifts and stretches every channel by its mean and variance. Derived in
 * `derivations/normalisation.md`, (normalisation.4).
 *
 * @param x [N, C, ...]
 * @param moments [C]
 * @param epsilon keeps numbers that are all the same from being divided by 0
 * @throws InputError when the shapes do not fit
 */
export async function standardise(
  x: Tensor,
  { mean: mu, variance }: ChannelMoments,
  epsilon: number,
  backend: Backend = reference,
): Promise<Standardised> {
  const rho = inverseDeviation(variance, epsilon);
  // (normalisation.4) x̂[i] = ρ · (x[i] − μ)
  return { xHat: await backend.channelAffine(x, { scale: rho, centre: mu }), rho };
}
