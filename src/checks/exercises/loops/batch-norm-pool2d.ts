/**
 * The gradients of batch normalisation and max pooling as one layer, in loops. Derived in
 * `derivations/fused.md`.
 *
 *   n image   c channel   h, w pixel   p, q entry of out   M = N·H·W values of a channel
 *
 * Forward, (fused.9): each pixel becomes weight[c] · x̂[n][c][h][w] + bias[c], and
 * out[n][c][p][q] is the largest of those in its window, the one at the place
 * argmax[n][c][p][q] = h · W + w. That is -1 where a rectifier's 0 is larger than all of them.
 * x̂ = ρ[c] · (x - μ[c]) with ρ[c] = 1 / √(σ²[c] + epsilon). In training μ[c] is the mean of the
 * channel in this batch, and σ²[c] the mean of (x - μ[c])², so x moves them too; in evaluation they
 * are the running ones.
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({
  dOut,
  argmax,
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
  outH,
  outW,
}: GivenOf<"batchNormPool2d">) {
  const M = N * H * W;
  const [dX, dNorm, xHat] = [zeros(N, C, H, W), zeros(N, C, H, W), zeros(N, C, H, W)];
  const [dWeight, dBias] = [zeros(C), zeros(C)];
  for (let c = 0; c < C; c++) {
    let [mean, variance] = [runningMean[c], runningVariance[c]];
    if (mode === "train") {
      [mean, variance] = [0, 0];
      const values = x.flatMap((image) => image[c].flat());
      // (normalisation.20) μ[c] = 1/M · Σₙ Σₕ Σ_w x[n, c, h, w]
      for (const value of values) mean += value / M;
      // (normalisation.21) σ²[c] = 1/M · Σₙ Σₕ Σ_w (x[n, c, h, w] − μ[c])²
      for (const value of values) variance += ((value - mean) * (value - mean)) / M;
    }
    // (normalisation.3) ρ = 1 / √(σ² + ε)
    const rho = 1 / Math.sqrt(variance + epsilon);
    for (let n = 0; n < N; n++) {
      for (let p = 0; p < outH; p++) {
        for (let q = 0; q < outW; q++) {
          const place = argmax[n][c][p][q];
          if (place < 0) continue;
          const h = Math.floor(place / W);
          const w = place % W;
          // (fused.10) dNorm[n, c, h, w] = Σₚ Σ_q 1[argmax[n, c, p, q] = (h, w)] · dOut[n, c, p, q]
          dNorm[n][c][h][w] += dOut[n][c][p][q];
        }
      }
      for (let h = 0; h < H; h++) {
        for (let w = 0; w < W; w++) {
          // (normalisation.4) x̂[n, c, h, w] = ρ[c] · (x[n, c, h, w] − μ[c])
          xHat[n][c][h][w] = rho * (x[n][c][h][w] - mean);
          // (fused.11) dBias[c] = Σₙ Σₕ Σ_w dNorm[n, c, h, w]
          dBias[c] += dNorm[n][c][h][w];
          // (fused.12) dWeight[c] = Σₙ Σₕ Σ_w dNorm[n, c, h, w] · x̂[n, c, h, w]
          dWeight[c] += dNorm[n][c][h][w] * xHat[n][c][h][w];
        }
      }
    }
    for (let n = 0; n < N; n++) {
      for (let h = 0; h < H; h++) {
        for (let w = 0; w < W; w++) {
          if (mode === "train") {
            // (fused.13) dX[n, c, h, w] = weight[c] · ρ[c] ·
            //   (dNorm[n, c, h, w] − dBias[c]/M − x̂[n, c, h, w] · dWeight[c]/M), in training
            dX[n][c][h][w] =
              weight[c] *
              rho *
              (dNorm[n][c][h][w] - dBias[c] / M - (xHat[n][c][h][w] * dWeight[c]) / M);
          } else {
            // (fused.14) dX[n, c, h, w] = weight[c] · ρ[c] · dNorm[n, c, h, w], in evaluation
            dX[n][c][h][w] = weight[c] * rho * dNorm[n][c][h][w];
          }
        }
      }
    }
  }
  return { dX, dWeight, dBias };
}
