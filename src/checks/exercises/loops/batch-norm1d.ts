/**
 * The gradients of the batch normalisation of rows and sequences in loops. Derived in
 * `derivations/normalisation.md`.
 *
 *   n sequence   c channel   l place of a sequence, one for rows   M = N·L values of a channel
 *
 * Forward, (normalisation.36): the same as for images of one row, N images of C channels and 1 × L
 * pixels: out[n][c][l] is weight[c] · x̂[n][c][l] + bias[c], with x̂ = ρ[c] · (x - μ[c]) and
 * ρ[c] = 1 / √(σ²[c] + epsilon). In training μ[c] is the mean of the channel in this batch, and
 * σ²[c] the mean of (x - μ[c])², so x moves them too; in evaluation they are the running ones.
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({
  dOut,
  x,
  weight,
  epsilon,
  mode,
  runningMean,
  runningVariance,
  N,
  C,
  L,
}: GivenOf<"batchNorm1d">) {
  const M = N * L;
  const [dX, xHat] = [zeros(N, C, L), zeros(N, C, L)];
  const [dWeight, dBias] = [zeros(C), zeros(C)];
  for (let c = 0; c < C; c++) {
    let [mean, variance] = [runningMean[c], runningVariance[c]];
    if (mode === "train") {
      [mean, variance] = [0, 0];
      // (normalisation.20) μ[c] = 1/M · Σₙ Σₗ x[n, c, l]
      for (let n = 0; n < N; n++) {
        for (let l = 0; l < L; l++) mean += x[n][c][l] / M;
      }
      // (normalisation.21) σ²[c] = 1/M · Σₙ Σₗ (x[n, c, l] − μ[c])²
      for (let n = 0; n < N; n++) {
        for (let l = 0; l < L; l++) {
          const distance = x[n][c][l] - mean;
          variance += (distance * distance) / M;
        }
      }
    }
    // (normalisation.3) ρ = 1 / √(σ² + ε)
    const rho = 1 / Math.sqrt(variance + epsilon);
    for (let n = 0; n < N; n++) {
      for (let l = 0; l < L; l++) {
        // (normalisation.4) x̂[n, c, l] = ρ[c] · (x[n, c, l] − μ[c])
        xHat[n][c][l] = rho * (x[n][c][l] - mean);
        // (normalisation.23) dBias[c] = Σₙ Σₗ dOut[n, c, l]
        dBias[c] += dOut[n][c][l];
        // (normalisation.24) dWeight[c] = Σₙ Σₗ dOut[n, c, l] · x̂[n, c, l]
        dWeight[c] += dOut[n][c][l] * xHat[n][c][l];
      }
    }
    for (let n = 0; n < N; n++) {
      for (let l = 0; l < L; l++) {
        if (mode === "train") {
          // (normalisation.26) dX[n, c, l] = weight[c] · ρ[c] ·
          //   (dOut[n, c, l] − dBias[c]/M − x̂[n, c, l] · dWeight[c]/M), in training
          dX[n][c][l] =
            weight[c] * rho * (dOut[n][c][l] - dBias[c] / M - (xHat[n][c][l] * dWeight[c]) / M);
        } else {
          // (normalisation.28) dX[n, c, l] = weight[c] · ρ[c] · dOut[n, c, l], in evaluation
          dX[n][c][l] = weight[c] * rho * dOut[n][c][l];
        }
      }
    }
  }
  return { dX, dWeight, dBias };
}
