/**
 * The gradient of a leaky rectifier in loops. Derived in `derivations/activations.md`.
 *
 *   i entry of x, whatever its shape
 *
 * Forward, (activations.16): out[i] is x[i] where that is above 0, else negativeSlope · x[i].
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, x, negativeSlope, M }: GivenOf<"leakyRelu">) {
  const dX = zeros(M);
  for (let i = 0; i < M; i++) {
    // (activations.17) f′(x) = 1 where x > 0, else negativeSlope
    const slope = x[i] > 0 ? 1 : negativeSlope;
    // (activations.3) dX[i] = dOut[i] · f′(x[i])
    dX[i] = dOut[i] * slope;
  }
  return { dX };
}
