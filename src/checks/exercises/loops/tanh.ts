/**
 * The gradient of a hyperbolic tangent in loops. Derived in `derivations/activations.md`.
 *
 *   i entry of x, whatever its shape
 *
 * Forward, (activations.12): out[i] is tanh(x[i]).
 */
import { tanh } from "../../../tensor/index.js";
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, x, M }: GivenOf<"tanh">) {
  const dX = zeros(M);
  for (let i = 0; i < M; i++) {
    // (activations.12) t = tanh x
    const t = tanh(x[i]);
    // (activations.15) tanh′ x = 1 − t²
    const slope = 1 - t * t;
    // (activations.3) dX[i] = dOut[i] · tanh′(x[i])
    dX[i] = dOut[i] * slope;
  }
  return { dX };
}
