import { anything, checkOptions, flag, reject, type Rules } from "../tensor/index.js";
import type { Backend } from "./backend.js";
import type { GpuBackend, GpuBackendOptions, GpuDevice, GpuMode } from "./gpu/index.js";
import { referenceBackend } from "./reference/index.js";
import type { WasmBackendOptions } from "./wasm/index.js";
import type { MachineLimits } from "./wasm/limits.js";

/** The backends that can be opened by name. */
export const backendNames = ["wasm", "reference", "gpu"] as const;
/** More would only wait for each other. */
const MOST_THREADS = 64;

/** One of {@link backendNames}. */
export type BackendName = (typeof backendNames)[number];

/** Which backend, and how it runs. */
export interface OpenBackendOptions {
  /** One of {@link backendNames}. */
  readonly name: string;
  /**
   * For `gpu`, what gpu.js runs on: `webgpu`, `webgl2`, `headlessgl`, `webasm` or `cpu`. Left out:
   * the fastest that is there.
   */
  readonly mode?: string | undefined;
  /**
   * How many threads it works on, from 1 to 64. Only `wasm` can have more than one; left out, it
   * has as many as the machine runs at once, at most 4.
   */
  readonly threads?: number | undefined;
  /** See {@link Backend.check}; false if left out. */
  readonly check?: boolean | undefined;
}

const openRules: Rules<OpenBackendOptions> = {
  name: anything("a backend"),
  mode: anything("a mode"),
  threads: anything("a number"),
  check: flag,
};

/**
 * Opens a backend by name, as the command line does. What only one backend needs is loaded when
 * that one is opened. Call the backend's `dispose` when you are done.
 *
 * @throws InputError when there is no such backend, mode or number of threads; the message lists
 *   what there is
 * @throws MachineError when a thread cannot be started, or memory or device fails
 */
export async function openBackend(options: OpenBackendOptions): Promise<Backend> {
  const checked = checkOptions("openBackend", options, openRules);
  const { name, mode, threads, check = false } = checked;
  if (!isBackendName(name))
    reject("openBackend", `a backend (${backendNames.join(", ")})`, JSON.stringify(name));
  if (
    threads !== undefined &&
    !(Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)
  )
    reject("openBackend", `from 1 to ${MOST_THREADS} threads`, String(threads));
  if (threads !== undefined && threads !== 1 && name !== "wasm")
    reject("openBackend", `threads to be 1, all that the ${name} backend has`, String(threads));
  if (name === "gpu") return gpuBackend({ mode, check });
  if (mode !== undefined)
    reject("openBackend", `no mode, since the ${name} backend has only one`, JSON.stringify(mode));
  return name === "wasm" ? wasmBackend({ threads, check }) : referenceBackend(undefined, { check });
}

/**
 * Builds the wasm backend: kernels on 128-bit vectors in WebAssembly, run by several threads over
 * one memory, to the same bits for any number of them. float32; what is float64 goes to the
 * reference backend. Loads and compiles its kernels.
 *
 * @throws InputError when an option is out of range, or a page may not have more than one thread
 * @throws MachineError when a thread cannot be started, or there is no room for the memory
 */
export async function wasmBackend(options: WasmBackendOptions = {}): Promise<Backend> {
  return (await import("./wasm/index.js")).wasmBackend(options);
}

/**
 * Builds the gpu backend, whose products run on gpu.js, float32 only; the rest is the reference
 * backend's. Loads gpu.js, and runs one small product to make sure that the mode works here.
 *
 * @throws InputError when gpu.js has no such mode, or this machine has not
 * @throws MachineError when the device is lost; so does every product from then on
 */
export async function gpuBackend(options: GpuBackendOptions = {}): Promise<GpuBackend> {
  return (await import("./gpu/index.js")).gpuBackend(options);
}

/**
 * What a mode of the gpu backend computes on. Loads what tells it.
 *
 * @param mode one that is available here, see {@link availableGpuModes}
 */
export async function gpuDevice(mode: GpuMode): Promise<GpuDevice> {
  return (await import("./gpu/index.js")).gpuDevice(mode);
}

/**
 * Kernels that do nothing but multiply, read or write, to measure the machine by. Loads and
 * compiles them.
 *
 * @param largestBytes how much memory they get; 64 MB of 2²⁰ bytes if left out
 */
export async function machineLimits(largestBytes?: number): Promise<MachineLimits> {
  return (await import("./wasm/limits.js")).machineLimits(largestBytes);
}

/**
 * What gpu.js can run on here, the fastest first. Loads gpu.js.
 *
 * @param software whether a WebGPU driver that computes on the processor comes last, as it does if
 *   left out, or not at all
 */
export async function availableGpuModes(software?: "last" | "none"): Promise<GpuMode[]> {
  return (await import("./gpu/index.js")).availableGpuModes(software);
}

function isBackendName(name: string): name is BackendName {
  return (backendNames as readonly string[]).includes(name);
}
