import type { IKernelFunctionThis } from "../../gpujs.js";

/** @param numbers the slope for x ≤ 0 */
export function leakyRelu(this: IKernelFunctionThis, x: number[], numbers: number[]): number {
  const value = x[this.thread.x]!;
  // (activations.16) out = x where x > 0, else negativeSlope · x
  return value > 0 ? value : numbers[0]! * value;
}

/** @param numbers the slope for x ≤ 0 */
export function leakyReluBack(
  this: IKernelFunctionThis,
  dOut: number[],
  x: number[],
  numbers: number[],
): number {
  const gradient = dOut[this.thread.x]!;
  // (activations.17) f′(x) = 1 where x > 0, else negativeSlope
  return x[this.thread.x]! > 0 ? gradient : numbers[0]! * gradient;
}
