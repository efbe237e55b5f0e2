/** Bounds the length of the gradient. Derived in `derivations/schedules.md`. */
import type { NamedParameter } from "../network/index.js";
import { reject } from "../tensor/index.js";

/** Keeps a gradient of 0 from being divided by 0; as in PyTorch's `clip_grad_norm_`. */
const TINY = 1e-6;

/**
 * Shortens the gradient of a whole network, in place, to at most `longest` if it is longer
 * (Pascanu, Mikolov and Bengio, 2013). (schedules.16)
 *
 * All gradients count as one vector, and all are multiplied by one factor, so that the direction
 * stays. Sums are taken in float64 and in the parameters' order, and so do not depend on the
 * backend's threads.
 *
 * @param longest above 0
 * @returns the norm before
 * @throws InputError when `longest` is not above 0, or a gradient is not finite, naming the first
 *   parameter; then no gradient has changed
 */
export function clipGradients(parameters: readonly NamedParameter[], longest: number): number {
  if (!(longest > 0)) reject("clipGradients", "a longest norm above 0", String(longest));
  let squares = 0;
  for (const { name, parameter } of parameters) {
    const { data } = parameter.grad;
    for (let i = 0; i < data.length; i++) squares += data[i]! * data[i]!;
    if (!Number.isFinite(squares))
      reject(
        "clipGradients",
        "finite gradients",
        `a norm of ${squares} in ${name}`,
        "lower the learning rate",
      );
  }
  const norm = Math.sqrt(squares); // (schedules.15) ‖g‖ = √Σ g²
  // (schedules.16) g ← g · min(1, c / (‖g‖ + ε))
  const factor = Math.min(1, longest / (norm + TINY));
  if (factor === 1) return norm;
  for (const { parameter } of parameters) {
    const { data } = parameter.grad;
    for (let i = 0; i < data.length; i++) data[i]! *= factor;
    parameter.grad.storage.touch();
  }
  return norm;
}
