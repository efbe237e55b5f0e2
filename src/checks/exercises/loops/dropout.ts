/**
 * The gradient of dropout in loops. Derived in `derivations/dropout.md`.
 *
 *   i entry of x, whatever its shape
 *
 * Forward, (dropout.2): out[i] is x[i] · mask[i]. The mask is 0 where u[i], a number drawn between
 * 0 and 1, is below p, and 1 / (1 - p) elsewhere.
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, u, p, M }: GivenOf<"dropout">) {
  const dX = zeros(M);
  for (let i = 0; i < M; i++) {
    // (dropout.1) mask[i] = 1[u[i] ≥ p] / (1 − p)
    const mask = u[i] >= p ? 1 / (1 - p) : 0;
    // (dropout.11) dX[i] = dOut[i] · mask[i]
    dX[i] = dOut[i] * mask;
  }
  return { dX };
}
