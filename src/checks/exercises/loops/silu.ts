/**
 * The gradient of the SiLU in loops. Derived in `derivations/activations.md`.
 *
 *   i entry of x, whatever its shape
 *
 * Forward, (activations.22): out[i] is x[i] · σ(x[i]), with σ(x) = 1 / (1 + exp(-x)).
 */
import { exp } from "../../../tensor/index.js";
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, x, M }: GivenOf<"silu">) {
  const dX = zeros(M);
  for (let i = 0; i < M; i++) {
    // (activations.5) p = 1 / (1 + exp(−x))
    const p = 1 / (1 + exp(-x[i]));
    // (activations.24) f′(x) = p · (1 + x · (1 − p))
    const slope = p * (1 + x[i] * (1 - p));
    // (activations.3) dX[i] = dOut[i] · f′(x[i])
    dX[i] = dOut[i] * slope;
  }
  return { dX };
}
