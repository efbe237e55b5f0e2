/**
 * The gradient of a rectifier in loops. Derived in `derivations/relu.md`.
 *
 *   i entry of x, whatever its shape
 *
 * Forward, (relu.2): out[i] is x[i] where that is above 0, else 0.
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, x, M }: GivenOf<"relu">) {
  const dX = zeros(M);
  for (let i = 0; i < M; i++) {
    // (relu.7) dX[i] = dOut[i] · 1[x[i] > 0]
    dX[i] = x[i] > 0 ? dOut[i] : 0;
  }
  return { dX };
}
