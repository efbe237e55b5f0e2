import type { IKernelFunctionThis } from "../gpujs.js";

/** Numbers as they are: how they come to a device. */
export function copy(this: IKernelFunctionThis, x: number[]): number {
  return x[this.thread.x]!;
}
