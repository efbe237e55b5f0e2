/**
 * The gradients of the batch normalisation of images in loops. Derived in
 * `derivations/normalisation.md`.
 *
 *   n image   c channel   h, w pixel   M = N·H·W values of a channel
 *
 * Forward, (normalisation.22): out[n][c][h][w] is weight[c] · x̂[n][c][h][w] + bias[c], with
 * x̂ = ρ[c] · (x - μ[c]) and ρ[c] = 1 / √(σ²[c] + epsilon). In training μ[c] is the mean of the
 * channel in this batch, and σ²[c] the mean of (x - μ[c])², so x moves them too; in evaluation they
 * are the running ones.
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
  H,
  W,
}: GivenOf<"batchNorm2d">) {
  const M = N * H * W;
  const [dX, xHat] = [zeros(N, C, H, W), zeros(N, C, H, W)];
  const [dWeight, dBias] = [zeros(C), zeros(C)];
  for (let c = 0; c < C; c++) {
    let [mean, variance] = [runningMean[c], runningVariance[c]];
    if (mode === "train") {
      [mean, variance] = [0, 0];
      // (normalisation.20) μ[c] = 1/M · Σₙ Σₕ Σ_w x[n, c, h, w]
      for (let n = 0; n < N; n++) {
        for (let h = 0; h < H; h++) {
          for (let w = 0; w < W; w++) mean += x[n][c][h][w] / M;
        }
      }
      // (normalisation.21) σ²[c] = 1/M · Σₙ Σₕ Σ_w (x[n, c, h, w] − μ[c])²
      for (let n = 0; n < N; n++) {
        for (let h = 0; h < H; h++) {
          for (let w = 0; w < W; w++) {
            const distance = x[n][c][h][w] - mean;
            variance += (distance * distance) / M;
          }
        }
      }
    }
    // (normalisation.3) ρ = 1 / √(σ² + ε)
    const rho = 1 / Math.sqrt(variance + epsilon);
    for (let n = 0; n < N; n++) {
      for (let h = 0; h < H; h++) {
        for (let w = 0; w < W; w++) {
          // (normalisation.4) x̂[n, c, h, w] = ρ[c] · (x[n, c, h, w] − μ[c])
          xHat[n][c][h][w] = rho * (x[n][c][h][w] - mean);
          // (normalisation.23) dBias[c] = Σₙ Σₕ Σ_w dOut[n, c, h, w]
          dBias[c] += dOut[n][c][h][w];
          // (normalisation.24) dWeight[c] = Σₙ Σₕ Σ_w dOut[n, c, h, w] · x̂[n, c, h, w]
          dWeight[c] += dOut[n][c][h][w] * xHat[n][c][h][w];
        }
      }
    }
    for (let n = 0; n < N; n++) {
      for (let h = 0; h < H; h++) {
        for (let w = 0; w < W; w++) {
          if (mode === "train") {
            // (normalisation.26) dX[n, c, h, w] = weight[c] · ρ[c] ·
            //   (dOut[n, c, h, w] − dBias[c]/M − x̂[n, c, h, w] · dWeight[c]/M), in training
            dX[n][c][h][w] =
              weight[c] *
              rho *
              (dOut[n][c][h][w] - dBias[c] / M - (xHat[n][c][h][w] * dWeight[c]) / M);
          } else {
            // (normalisation.28) dX[n, c, h, w] = weight[c] · ρ[c] · dOut[n, c, h, w],
            //   in evaluation
            dX[n][c][h][w] = weight[c] * rho * dOut[n][c][h][w];
          }
        }
      }
    }
  }
  return { dX, dWeight, dBias };
}
