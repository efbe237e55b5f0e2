/**
 * The gradient of a residual block in loops. Derived in `derivations/residual.md`.
 *
 *   i entry of x, whatever its shape   f body   s shortcut, s(x) = x unless there is one
 *
 * Forward, (residual.2): out is f(x) + s(x), entry by entry. The layers of f and s have backward
 * passes of their own; what these return for x is given, throughBody and throughShortcut.
 */
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({ dOut, throughBody, throughShortcut, M }: GivenOf<"residual">) {
  const dX = zeros(M);
  for (let i = 0; i < M; i++) {
    // (residual.4) dS[i] = dOut[i], which reaches x as it is where s(x) = x
    const other = throughShortcut === null ? dOut[i] : throughShortcut[i];
    // (residual.5) dX[i] = Σⱼ dOut[j] · ∂f(x)[j]/∂x[i] + Σⱼ dOut[j] · ∂s(x)[j]/∂x[i]
    dX[i] = throughBody[i] + other;
  }
  return { dX };
}
