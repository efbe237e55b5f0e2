/**
 * The gradient of softplus in loops. Derived in `derivations/activations.md`.
 *
 *   i entry of x, whatever its shape
 *
 * Forward, (activations.18): out[i] is log(1 + exp(x[i])).
 */
import { exp } from "../../../tensor/index.js";
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, x, M }: GivenOf<"softplus">) {
  const dX = zeros(M);
  for (let i = 0; i < M; i++) {
    // (activations.21) f′(x) = σ(x)
    const slope = 1 / (1 + exp(-x[i]));
    // (activations.3) dX[i] = dOut[i] · f′(x[i])
    dX[i] = dOut[i] * slope;
  }
  return { dX };
}
