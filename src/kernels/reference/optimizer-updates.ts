import { formatShape, integerPower, reject, sameShape, type Tensor } from "../../tensor/index.js";
import type { UpdateKind, UpdateNumbers, UpdateTensors } from "../updates.js";

const updates: {
  readonly [Kind in UpdateKind]: (
    tensors: UpdateTensors<Kind>,
    numbers: UpdateNumbers<Kind>,
  ) => void;
} = { sgd: sgdUpdate, adagrad: adagradUpdate, rmsprop: rmspropUpdate, adam: adamUpdate };

/** See {@link Backend.update}; all of them are derived in `derivations/optimizers.md`. */
export function update<Kind extends UpdateKind>(
  kind: Kind,
  tensors: UpdateTensors<Kind>,
  numbers: UpdateNumbers<Kind>,
): void {
  checkUpdate(kind, tensors);
  updates[kind](tensors, numbers);
  touchChanged(tensors);
}

/** Stochastic gradient descent, with momentum or not. */
function sgdUpdate(
  { value, grad, velocity }: UpdateTensors<"sgd">,
  { learningRate, momentum, nesterov, weightDecay, step }: UpdateNumbers<"sgd">,
): void {
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

/** AdaGrad. */
function adagradUpdate(
  { value, grad, squareSum }: UpdateTensors<"adagrad">,
  { learningRate, epsilon, weightDecay }: UpdateNumbers<"adagrad">,
): void {
  const w = value.data;
  const g = grad.data;
  const s = squareSum.data;
  for (let i = 0; i < w.length; i++) {
    const d = g[i]! + weightDecay * w[i]!; // (optimizers.10) g ← g + λ·w
    s[i]! += d * d; // (optimizers.22a) s ← s + g²
    // (optimizers.22b) w ← w − η·g / (√s + ε)
    w[i]! -= (learningRate * d) / (Math.sqrt(s[i]!) + epsilon);
  }
}

/** RMSProp. */
function rmspropUpdate(
  { value, grad, meanSquare }: UpdateTensors<"rmsprop">,
  { learningRate, alpha, epsilon, weightDecay }: UpdateNumbers<"rmsprop">,
): void {
  const w = value.data;
  const g = grad.data;
  const v = meanSquare.data;
  for (let i = 0; i < w.length; i++) {
    const d = g[i]! + weightDecay * w[i]!; // (optimizers.10) g ← g + λ·w
    v[i] = alpha * v[i]! + (1 - alpha) * d * d; // (optimizers.22e) v ← α·v + (1 − α)·g²
    // (optimizers.22f) w ← w − η·g / (√v + ε)
    w[i]! -= (learningRate * d) / (Math.sqrt(v[i]!) + epsilon);
  }
}

/** Adam; AdamW, if the decay is decoupled. */
function adamUpdate(
  state: UpdateTensors<"adam">,
  { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step }: UpdateNumbers<"adam">,
): void {
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
}

/** @throws InputError unless there is such an update, and its tensors are of one shape */
export function checkUpdate<Kind extends UpdateKind>(
  kind: Kind,
  tensors: UpdateTensors<Kind>,
): void {
  if (!Object.hasOwn(updates, kind))
    reject("update", `one of ${Object.keys(updates).join(", ")}`, JSON.stringify(kind));
  const { shape } = tensors.value;
  const other = all(tensors).find((tensor) => !sameShape(tensor.shape, shape));
  if (other)
    reject(
      `${kind}Update`,
      `tensors of one shape, ${formatShape(shape)}`,
      formatShape(other.shape),
    );
}

/** Tells the tensors of an update that they have been changed: all but the gradient. */
export function touchChanged(tensors: UpdateTensors<UpdateKind>): void {
  for (const tensor of all(tensors)) if (tensor !== tensors.grad) tensor.storage.touch();
}

function all(tensors: UpdateTensors<UpdateKind>): Tensor[] {
  return Object.values<Tensor | null>({ ...tensors }).filter((tensor) => tensor !== null);
}
