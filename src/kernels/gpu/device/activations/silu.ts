import type { IKernelFunctionThis } from "../../gpujs.js";
import { sigmoidOf } from "./sigmoid.js";

export function silu(this: IKernelFunctionThis, x: number[], _numbers: number[]): number {
  const value = x[this.thread.x]!;
  // (activations.22) out = x · σ(x)
  return value * sigmoidOf(value);
}

export function siluSlope(this: IKernelFunctionThis, x: number[], _numbers: number[]): number {
  const value = x[this.thread.x]!;
  // (activations.24) f′(x) = p · (1 + x · (1 − p)), with p = σ(x):
  //   1 − p is σ(−x), which keeps its digits where p is nearly 1
  return sigmoidOf(value) * (1 + value * sigmoidOf(-value));
}
