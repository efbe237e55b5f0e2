import type { IKernelFunctionThis } from "../../gpujs.js";
import { exponential } from "./exponential.js";

/** 1 / (1 + e⁻ˣ) of one number, for the kernels of all functions that are made of it. */
export function sigmoidOf(x: number): number {
  // (activations.6) σ(x) = exp(min(x, 0)) / (1 + exp(−|x|))
  const e = exponential(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

/** The sigmoid, which is also softplus's slope. */
export function sigmoid(this: IKernelFunctionThis, x: number[], _numbers: number[]): number {
  // (activations.5) out = σ(x)
  // (activations.21) f′(x) = σ(x)
  return sigmoidOf(x[this.thread.x]!);
}

/** What flows back, from p = σ(x). */
export function sigmoidBack(
  this: IKernelFunctionThis,
  dOut: number[],
  p: number[],
  _numbers: number[],
): number {
  const probability = p[this.thread.x]!;
  // (activations.9) σ′(x) = p · (1 − p)
  return dOut[this.thread.x]! * probability * (1 - probability);
}
