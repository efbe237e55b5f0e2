/** What kernels are, how a run of one is asked for, and what travels for it. */
import type * as GpuJs from "./gpujs.js";
import type { Handle } from "./device/handle.js";

/**
 * What every thread computes: four numbers from flat arrays. gpu.js reads the source of such a
 * function and writes it anew for a device.
 */
export type KernelFunction = (this: GpuJs.IKernelFunctionThis, ...arrays: number[][]) => number[];

/** One run of a kernel. */
export interface KernelCall {
  readonly kernel: KernelFunction;
  /** How many threads there are along each axis; a kernel has two or three, always as many. */
  readonly output: readonly [X: number, Y: number] | readonly [X: number, Y: number, Z: number];
  readonly arrays: readonly (Float32Array | Int32Array)[];
  readonly multiplications: number;
}

/** What every thread computes, where one number is all: an entry of a flat result. */
export type EntryFunction = (this: GpuJs.IKernelFunctionThis, ...arrays: number[][]) => number;

export type CompiledFunction = KernelFunction | EntryFunction;

/** Bytes between JavaScript's heap and a device. */
export interface Traffic {
  /** Numbers of tensors. */
  readonly sent: number;
  /** Extents, distances and rates, with which kernels are told what to do. */
  readonly told: number;
  /** What came back. */
  readonly fetched: number;
}

/** One run of a kernel whose operands are on the device, and whose result stays there. */
export interface KernelLaunch {
  readonly kernel: KernelFunction | EntryFunction;
  /** How many threads there are along each axis; a kernel has always as many axes. */
  readonly output: readonly number[];
  readonly handles: readonly Handle[];
  /** What else it is told, as its last argument. */
  readonly numbers: Int32Array | Float32Array;
  /** How many numbers a thread returns. */
  readonly each: 1 | 4;
  readonly multiplications: number;
}
