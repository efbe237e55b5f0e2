import { integerPower } from "../../tensor/index.js";
import type { AdamHyperparameters, AdamState, SgdHyperparameters, SgdState } from "../backend.js";

/** See {@link Backend.sgdUpdate}; derived in `derivations/optimizers.md`. */
export function sgdUpdate({ value, grad, velocity }: SgdState, { learningRate, momentum, nesterov, weightDecay, step }: SgdHyperparameters): void {
  const w = value.data;
  const g = grad.data;
  for (let i = 0; i < w.length; i++) {
    let d = g[i]! + weightDecay * w[i]!; // (optimizers.10) g ← g + λ·w
    if (velocity !== null) {
      const v = velocity.data;
      v[i] = step === 1 ? d : momentum * v[i]! + d; // (optimizers.12) v ← μ·v + g
      d = nesterov ? d + momentum * v[i]! : v[i]!; // (optimizers.22) g ← g + μ·v
    }
    w[i]! -= learningRate * d; // (optimizers.4) w ← w − η·g
  }
}

/** See {@link Backend.adamUpdate}; derived in `derivations/optimizers.md`. */
export function adamUpdate(state: AdamState, { learningRate, beta1, beta2, epsilon, weightDecay, step }: AdamHyperparameters): void {
  const w = state.value.data;
  const g = state.grad.data;
  const m = state.firstMoment.data;
  const v = state.secondMoment.data;
  const correction1 = 1 - integerPower(beta1, step);
  const correction2 = 1 - integerPower(beta2, step);
  for (let i = 0; i < w.length; i++) {
    const d = g[i]! + weightDecay * w[i]!; // (optimizers.10) g ← g + λ·w
    m[i] = beta1 * m[i]! + (1 - beta1) * d; // (optimizers.23) m ← β₁·m + (1 − β₁)·g
    v[i] = beta2 * v[i]! + (1 - beta2) * d * d; // (optimizers.24) v ← β₂·v + (1 − β₂)·g²
    // (optimizers.28) w ← w − η·m̂ / (√v̂ + ε), where (optimizers.27) m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
    w[i]! -= (learningRate * (m[i]! / correction1)) / (Math.sqrt(v[i]! / correction2) + epsilon);
  }
}
