/**
 * The gradients of layer normalisation in loops. Derived in `derivations/normalisation.md`.
 *
 *   n row   i, j place in a row   M values of a row
 *
 * Forward, (normalisation.40): out[n][i] is weight[i] · x̂[n][i] + bias[i], with
 * x̂ = ρ[n] · (x - μ[n]) and ρ[n] = 1 / √(σ²[n] + epsilon). μ[n] is the mean of the row, and σ²[n]
 * the mean of (x - μ[n])², so x moves them too.
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, x, weight, epsilon, N, M }: GivenOf<"layerNorm">) {
  const dX = zeros(N, M);
  const [dWeight, dBias] = [zeros(M), zeros(M)];
  for (let n = 0; n < N; n++) {
    let [mean, variance] = [0, 0];
    // (normalisation.38) μ[n] = 1/M · Σᵢ x[n, i]
    for (let i = 0; i < M; i++) mean += x[n][i] / M;
    // (normalisation.39) σ²[n] = 1/M · Σᵢ (x[n, i] − μ[n])²
    for (let i = 0; i < M; i++) variance += ((x[n][i] - mean) * (x[n][i] - mean)) / M;
    // (normalisation.3) ρ = 1 / √(σ² + ε)
    const rho = 1 / Math.sqrt(variance + epsilon);
    const [xHat, dXHat] = [zeros(M), zeros(M)];
    let [sum, product] = [0, 0];
    for (let i = 0; i < M; i++) {
      // (normalisation.4) x̂[n, i] = ρ[n] · (x[n, i] − μ[n])
      xHat[i] = rho * (x[n][i] - mean);
      // (normalisation.41) dBias[i] = Σₙ dOut[n, i]
      dBias[i] += dOut[n][i];
      // (normalisation.42) dWeight[i] = Σₙ dOut[n, i] · x̂[n, i]
      dWeight[i] += dOut[n][i] * xHat[i];
      // (normalisation.43) dX̂[n, i] = dOut[n, i] · weight[i]
      dXHat[i] = dOut[n][i] * weight[i];
      sum += dXHat[i];
      product += dXHat[i] * xHat[i];
    }
    for (let j = 0; j < M; j++) {
      // (normalisation.44) dX[n, j] = ρ[n] · (dX̂[n, j] − 1/M · Σᵢ dX̂[n, i]
      //   − x̂[n, j] · 1/M · Σᵢ dX̂[n, i] · x̂[n, i])
      dX[n][j] = rho * (dXHat[j] - sum / M - (xHat[j] * product) / M);
    }
  }
  return { dX, dWeight, dBias };
}
