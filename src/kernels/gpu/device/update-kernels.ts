/**
 * The optimizers' updates, a kernel for each quantity that they change. The chapter is
 * `derivations/optimizers.md`.
 */
import type { IKernelFunctionThis } from "../gpujs.js";

/**
 * A running sum or mean of gradients.
 *
 * @param numbers λ, and the shares of the mean and of the gradient
 */
export function runningMean(
  this: IKernelFunctionThis,
  mean: number[],
  w: number[],
  g: number[],
  numbers: number[],
): number {
  // (optimizers.10) g ← g + λ·w
  const d = g[this.thread.x]! + numbers[0]! * w[this.thread.x]!;
  // (optimizers.12) v ← μ·v + g
  // (optimizers.23) m ← β₁·m + (1 − β₁)·g
  // what counts for nothing may be infinite, and times 0 that would not be a number
  const kept = numbers[1]! === 0 ? 0 : numbers[1]! * mean[this.thread.x]!;
  return kept + numbers[2]! * d;
}

/**
 * A running sum or mean of squares.
 *
 * @param numbers λ, and the shares of the mean and of the square
 */
export function runningSquare(
  this: IKernelFunctionThis,
  mean: number[],
  w: number[],
  g: number[],
  numbers: number[],
): number {
  // (optimizers.10) g ← g + λ·w
  const d = g[this.thread.x]! + numbers[0]! * w[this.thread.x]!;
  // (optimizers.22a) s ← s + g²
  // (optimizers.22e) v ← α·v + (1 − α)·g²
  // (optimizers.24) v ← β₂·v + (1 − β₂)·g²
  return numbers[1]! * mean[this.thread.x]! + numbers[2]! * d * d;
}

/**
 * Gradient descent, with momentum or not.
 *
 * @param numbers λ, η, and the shares of the gradient and of its running sum in a step
 */
export function descended(
  this: IKernelFunctionThis,
  w: number[],
  g: number[],
  velocity: number[],
  numbers: number[],
): number {
  // (optimizers.10) g ← g + λ·w
  const d = g[this.thread.x]! + numbers[0]! * w[this.thread.x]!;
  // (optimizers.22) g ← g + μ·v
  const ofGradient = numbers[2]! === 0 ? 0 : numbers[2]! * d;
  const ofVelocity = numbers[3]! === 0 ? 0 : numbers[3]! * velocity[this.thread.x]!;
  const step = ofGradient + ofVelocity;
  // (optimizers.4) w ← w − η·g
  return w[this.thread.x]! - numbers[1]! * step;
}

/**
 * A step that is divided by the root of the squares.
 *
 * @param numbers λ, the shares of the gradient and of its mean in the numerator, what the squares
 *   are divided by, ε, and the share by which w shrinks
 */
export function descendedByRoot(
  this: IKernelFunctionThis,
  w: number[],
  g: number[],
  mean: number[],
  square: number[],
  numbers: number[],
): number {
  // (optimizers.10) g ← g + λ·w
  const d = g[this.thread.x]! + numbers[0]! * w[this.thread.x]!;
  const ofGradient = numbers[1]! === 0 ? 0 : numbers[1]! * d;
  const ofMean = numbers[2]! === 0 ? 0 : numbers[2]! * mean[this.thread.x]!;
  const step = ofGradient + ofMean;
  const root = Math.sqrt(square[this.thread.x]! / numbers[3]!) + numbers[4]!;
  // (optimizers.22b) w ← w − η·g / (√s + ε)
  // (optimizers.22f) w ← w − η·g / (√v + ε)
  // (optimizers.28) w ← w − η·m̂ / (√v̂ + ε), where
  // (optimizers.27) m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ);
  // decoupled, (optimizers.34) w ← (1 − η·λ)·w − η·m̂ / (√v̂ + ε)
  return w[this.thread.x]! - numbers[5]! * w[this.thread.x]! - step / root;
}
