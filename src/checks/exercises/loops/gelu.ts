/**
 * The gradient of the GELU in loops. Derived in `derivations/activations.md`.
 *
 *   i entry of x, whatever its shape
 *
 * Forward, (activations.32): out[i] is x[i] · Φ(x[i]), where Φ(x) = erfc(-x / √2) / 2 is the
 * probability that a normally distributed number is smaller than x.
 */
import { erfc, exp } from "../../../tensor/index.js";
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, x, M }: GivenOf<"gelu">) {
  const dX = zeros(M);
  for (let i = 0; i < M; i++) {
    // (activations.30) Φ(x) = erfc(−x/√2) / 2
    const below = erfc(-x[i] / Math.SQRT2) / 2;
    // (activations.25) φ(x) = exp(−x²/2) / √(2π)
    const density = exp((-x[i] * x[i]) / 2) / Math.sqrt(2 * Math.PI);
    // (activations.33) f′(x) = Φ(x) + x · φ(x)
    const slope = below + x[i] * density;
    // (activations.3) dX[i] = dOut[i] · f′(x[i])
    dX[i] = dOut[i] * slope;
  }
  return { dX };
}
