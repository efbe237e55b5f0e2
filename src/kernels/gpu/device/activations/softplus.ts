import type { IKernelFunctionThis } from "../../gpujs.js";
import { exponential } from "./exponential.js";

/**
 * log(1 + u) for 0 ≤ u ≤ 1: twice the inverse hyperbolic tangent of w = u / (2 + u), which is w ·
 * (1 + w²/3 + w⁴/5 + …), with w² ≤ 1/9.
 */
export function logOfOnePlus(u: number): number {
  const w = u / (2 + u);
  const z = w * w;
  let total = 0.09090909090909091 + z * 0.07692307692307693;
  total = 0.1111111111111111 + z * total;
  total = 0.14285714285714285 + z * total;
  total = 0.2 + z * total;
  total = 0.3333333333333333 + z * total;
  return 2 * w + 2 * w * z * total;
}

export function softplus(this: IKernelFunctionThis, x: number[], _numbers: number[]): number {
  const value = x[this.thread.x]!;
  // (activations.20) out = max(x, 0) + log(1 + exp(−|x|))
  return (value > 0 ? value : 0) + logOfOnePlus(exponential(-Math.abs(value)));
}
