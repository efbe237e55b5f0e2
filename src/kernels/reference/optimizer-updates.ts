import { formatShape, integerPower, reject, sameShape, type Tensor } from "../../tensor/index.js";
import type {
  AdagradHyperparameters,
  AdagradState,
  AdamHyperparameters,
  AdamState,
  RmsPropHyperparameters,
  RmsPropState,
  SgdHyperparameters,
  SgdState,
} from "../backend.js";

/** See {@link Backend.sgdUpdate}; derived in `derivations/optimizers.md`. */
export function sgdUpdate(
  { value, grad, velocity }: SgdState,
  { learningRate, momentum, nesterov, weightDecay, step }: SgdHyperparameters,
): void {
  checkUpdate("sgdUpdate", [value, grad, velocity]);
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
  for (const changed of [value, velocity]) changed?.storage.touch();
}

/** See {@link Backend.adagradUpdate}; derived in `derivations/optimizers.md`. */
export function adagradUpdate(
  { value, grad, squareSum }: AdagradState,
  { learningRate, epsilon, weightDecay }: AdagradHyperparameters,
): void {
  checkUpdate("adagradUpdate", [value, grad, squareSum]);
  const w = value.data;
  const g = grad.data;
  const s = squareSum.data;
  for (let i = 0; i < w.length; i++) {
    const d = g[i]! + weightDecay * w[i]!; // (optimizers.10) g ← g + λ·w
    s[i]! += d * d; // (optimizers.22a) s ← s + g²
    // (optimizers.22b) w ← w − η·g / (√s + ε)
    w[i]! -= (learningRate * d) / (Math.sqrt(s[i]!) + epsilon);
  }
  for (const changed of [value, squareSum]) changed.storage.touch();
}

/** See {@link Backend.rmspropUpdate}; derived in `derivations/optimizers.md`. */
export function rmspropUpdate(
  { value, grad, meanSquare }: RmsPropState,
  { learningRate, alpha, epsilon, weightDecay }: RmsPropHyperparameters,
): void {
  checkUpdate("rmspropUpdate", [value, grad, meanSquare]);
  const w = value.data;
  const g = grad.data;
  const v = meanSquare.data;
  for (let i = 0; i < w.length; i++) {
    const d = g[i]! + weightDecay * w[i]!; // (optimizers.10) g ← g + λ·w
    v[i] = alpha * v[i]! + (1 - alpha) * d * d; // (optimizers.22e) v ← α·v + (1 − α)·g²
    // (optimizers.22f) w ← w − η·g / (√v + ε)
    w[i]! -= (learningRate * d) / (Math.sqrt(v[i]!) + epsilon);
  }
  for (const changed of [value, meanSquare]) changed.storage.touch();
}

/** See {@link Backend.adamUpdate}; derived in `derivations/optimizers.md`. */
export function adamUpdate(
  state: AdamState,
  { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step }: AdamHyperparameters,
): void {
  checkUpdate("adamUpdate", Object.values(state));
  const w = state.value.data;
  const g = state.grad.data;
  const m = state.firstMoment.data;
  const v = state.secondMoment.data;
  const correction1 = 1 - integerPower(beta1, step);
  const correction2 = 1 - integerPower(beta2, step);
  const [decay, shrink] = decoupled ? [0, learningRate * weightDecay] : [weightDecay, 0];
  for (let i = 0; i < w.length; i++) {
    const d = g[i]! + decay * w[i]!; // (optimizers.10) g ← g + λ·w
    m[i] = beta1 * m[i]! + (1 - beta1) * d; // (optimizers.23) m ← β₁·m + (1 − β₁)·g
    v[i] = beta2 * v[i]! + (1 - beta2) * d * d; // (optimizers.24) v ← β₂·v + (1 − β₂)·g²
    // (optimizers.28) w ← w − η·m̂ / (√v̂ + ε), where
    // (optimizers.27) m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ);
    // decoupled, (optimizers.34) w ← (1 − η·λ)·w − η·m̂ / (√v̂ + ε)
    w[i]! -=
      shrink * w[i]! +
      (learningRate * (m[i]! / correction1)) / (Math.sqrt(v[i]! / correction2) + epsilon);
  }
  for (const changed of [state.value, state.firstMoment, state.secondMoment])
    changed.storage.touch();
}

/** @throws InputError unless what one update works on is of one shape */
export function checkUpdate(where: string, [value, ...rest]: readonly (Tensor | null)[]): void {
  const { shape } = value!;
  const other = rest.find((tensor) => tensor !== null && !sameShape(tensor.shape, shape));
  if (other) reject(where, `tensors of one shape, ${formatShape(shape)}`, formatShape(other.shape));
}
