import type { IKernelFunctionThis } from "../../gpujs.js";
import { exponential, exponentialMinusOne } from "./exponential.js";

export function elu(this: IKernelFunctionThis, x: number[], _numbers: number[]): number {
  const value = x[this.thread.x]!;
  // (activations.35) out = max(x, 0) + exp(min(x, 0)) − 1
  return (value > 0 ? value : 0) + exponentialMinusOne(value > 0 ? 0 : value);
}

export function eluBack(
  this: IKernelFunctionThis,
  dOut: number[],
  x: number[],
  _numbers: number[],
): number {
  const value = x[this.thread.x]!;
  // (activations.38) f′(x) = exp(min(x, 0))
  return dOut[this.thread.x]! * exponential(value > 0 ? 0 : value);
}
