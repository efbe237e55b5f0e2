/**
 * Softmax over the last axis: scores become probabilities. Derived in
 * `derivations/softmax-cross-entropy.md`.
 */
import { divide, exp, max, multiply, subtract, sum, type Tensor } from "../tensor/index.js";

export interface SoftmaxCache {
  readonly probabilities: Tensor;
}

/** @returns out, of x's shape, non-negative and adding up to 1 along the last axis */
export async function softmaxForward(x: Tensor): Promise<{ out: Tensor; cache: SoftmaxCache }> {
  const last = { axes: -1, keepDims: true };
  // (softmax-cross-entropy.1) p = exp(x) / Σ exp(x), with x − max(x) for x
  const e = exp(subtract(x, max(x, last)));
  const out = divide(e, sum(e, last));
  return { out, cache: { probabilities: out } };
}

/** @returns dX, of x's shape */
export async function softmaxBackward(
  dOut: Tensor,
  { probabilities: p }: SoftmaxCache,
): Promise<{ dX: Tensor }> {
  // (softmax-cross-entropy.11) dX = p ⊙ (dOut − Σ dOut ⊙ p)
  return { dX: multiply(p, subtract(dOut, sum(multiply(dOut, p), { axes: -1, keepDims: true }))) };
}
