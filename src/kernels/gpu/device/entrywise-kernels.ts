/** Kernels that compute each entry from entries at the same place. */
import type { IKernelFunctionThis } from "../gpujs.js";

/** x, where it is not below 0. */
export function rectify(this: IKernelFunctionThis, x: number[], _numbers: number[]): number {
  const value = x[this.thread.x]!;
  // (relu.2) out = max(x, 0)
  return value <= 0 ? 0 : value;
}

/** dOut, where the rectifier let x pass. */
export function gate(
  this: IKernelFunctionThis,
  dOut: number[],
  x: number[],
  _numbers: number[],
): number {
  const gradient = dOut[this.thread.x]!;
  // (relu.8) dX = dOut ⊙ 1[x > 0]
  return x[this.thread.x]! > 0 ? gradient : 0;
}

export function sumOfTwo(
  this: IKernelFunctionThis,
  a: number[],
  b: number[],
  _numbers: number[],
): number {
  return a[this.thread.x]! + b[this.thread.x]!;
}

export function productOfTwo(
  this: IKernelFunctionThis,
  a: number[],
  b: number[],
  _numbers: number[],
): number {
  return a[this.thread.x]! * b[this.thread.x]!;
}
