import { anything, checkOptions, flag, reject, type Rules } from "../tensor/index.js";
import type { Backend } from "./backend.js";
import type { GpuBackend, GpuBackendOptions, GpuDevice, GpuMode } from "./gpu/index.js";
import { referenceBackend } from "./reference/index.js";
import type { WasmBackendOptions } from "./wasm/index.js";
import type { MachineLimits } from "./wasm/limits.js";

/** The backends that can be opened by name. */
export const backendNames = ["wasm", "reference", "gpu"] as const;
/** More would only wait for each other. */
export const MOST_THREADS = 64;

export type BackendName = (typeof backendNames)[number];

export interface OpenBackendOptions {
  /** One of {@link backendNames}. */
  readonly name: string;
  /**
   * For `gpu`, what gpu.js runs on: `webgpu`, `webgl2`, `headlessgl`, `webasm` or `cpu`. Left out:
   * the fastest that is there.
   */
  readonly mode?: string | undefined;
  /**
   * How many threads it works on. Only `wasm` can have more than one; left out, it has as many as
   * the machine runs at once.
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

/** Builds the wasm backend, which `wasm/index.ts` describes. Loads and compiles its kernels. */
export async function wasmBackend(options: WasmBackendOptions = {}): Promise<Backend> {
  return (await import("./wasm/index.js")).wasmBackend(options);
}

/** Builds the gpu backend, which `gpu/index.ts` describes. Loads gpu.js. */
export async function gpuBackend(options: GpuBackendOptions = {}): Promise<GpuBackend> {
  return (await import("./gpu/index.js")).gpuBackend(options);
}

/** What a mode of the gpu backend computes on. Loads what tells it. */
export async function gpuDevice(mode: GpuMode): Promise<GpuDevice> {
  return (await import("./gpu/index.js")).gpuDevice(mode);
}

/**
 * Kernels that do nothing but multiply, read or write, to measure the machine by. Loads and
 * compiles them.
 */
export async function machineLimits(largestBytes?: number): Promise<MachineLimits> {
  return (await import("./wasm/limits.js")).machineLimits(largestBytes);
}

/**
 * What gpu.js can run on here, the fastest first. Loads gpu.js.
 *
 * @param software whether a WebGPU driver that computes on the processor comes last, or not at all
 */
export async function availableGpuModes(software?: "last" | "none"): Promise<GpuMode[]> {
  return (await import("./gpu/index.js")).availableGpuModes(software);
}

function isBackendName(name: string): name is BackendName {
  return (backendNames as readonly string[]).includes(name);
}
