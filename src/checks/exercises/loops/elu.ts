/**
 * The gradient of the ELU in loops. Derived in `derivations/activations.md`.
 *
 *   i entry of x, whatever its shape
 *
 * Forward, (activations.34): out[i] is x[i] where that is above 0, else exp(x[i]) - 1.
 */
import { exp } from "../../../tensor/index.js";
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, x, M }: GivenOf<"elu">) {
  const dX = zeros(M);
  for (let i = 0; i < M; i++) {
    // (activations.36) f′(x) = 1 where x > 0, else exp(x)
    const slope = x[i] > 0 ? 1 : exp(x[i]);
    // (activations.3) dX[i] = dOut[i] · f′(x[i])
    dX[i] = dOut[i] * slope;
  }
  return { dX };
}
