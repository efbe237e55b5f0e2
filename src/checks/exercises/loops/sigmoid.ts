/**
 * The gradient of a sigmoid in loops. Derived in `derivations/activations.md`.
 *
 *   i entry of x, whatever its shape
 *
 * Forward, (activations.5): out[i] is 1 / (1 + exp(-x[i])).
 */
import { exp } from "../../../tensor/index.js";
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, x, M }: GivenOf<"sigmoid">) {
  const dX = zeros(M);
  for (let i = 0; i < M; i++) {
    // (activations.5) p = 1 / (1 + exp(−x))
    const p = 1 / (1 + exp(-x[i]));
    // (activations.9) σ′(x) = p · (1 − p)
    const slope = p * (1 - p);
    // (activations.3) dX[i] = dOut[i] · σ′(x[i])
    dX[i] = dOut[i] * slope;
  }
  return { dX };
}
