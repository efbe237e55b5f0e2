import type { IKernelFunctionThis } from "../../gpujs.js";
import { exponentialMinusOne } from "./exponential.js";

/** tanh |x| = (1 − e^(−2|x|)) / (1 + e^(−2|x|)), with the sign of x. */
export function tanh(this: IKernelFunctionThis, x: number[], _numbers: number[]): number {
  const value = x[this.thread.x]!;
  const difference = exponentialMinusOne(-2 * Math.abs(value));
  const size = -difference / (2 + difference);
  // (activations.12) out = tanh x
  return value < 0 ? -size : size;
}

/** What flows back, from t = tanh x. */
export function tanhBack(
  this: IKernelFunctionThis,
  dOut: number[],
  t: number[],
  _numbers: number[],
): number {
  const value = t[this.thread.x]!;
  // (activations.15) tanh′ x = 1 − t²:
  //   as a product of 1 − t and 1 + t, since t² is rounded, which shows near ±1
  return dOut[this.thread.x]! * (1 - value) * (1 + value);
}
