import { type Allocator, heapAllocator, reject } from "../tensor/index.js";
import type { Backend } from "./backend.js";
import type { GpuBackend, GpuBackendOptions, GpuMode } from "./gpu/index.js";
import { referenceBackend } from "./reference/index.js";

/** The backends that can be opened by name. */
export const backendNames = ["reference", "gpu"] as const;
export type BackendName = (typeof backendNames)[number];

export interface OpenBackendOptions {
  /** One of {@link backendNames}. */
  readonly name: string;
  /** For `gpu`, what gpu.js runs on: `webgpu`, `webgl2`, `headlessgl`, `webasm` or `cpu`. Left out: the fastest that is there. */
  readonly mode?: string | undefined;
  /** How many threads it works on. Both backends have one. */
  readonly threads?: number | undefined;
  readonly allocator?: Allocator;
}

/**
 * Opens a backend by name, as the command line does. What only one backend needs is loaded when that one is opened.
 * Whoever opens a backend calls its `dispose` in the end.
 *
 * @throws InputError when there is no such backend, mode or number of threads; the message lists what there is
 */
export async function openBackend({ name, mode, threads, allocator = heapAllocator }: OpenBackendOptions): Promise<Backend> {
  if (!isBackendName(name)) reject("openBackend", `a backend (${backendNames.join(", ")})`, JSON.stringify(name));
  if (threads !== undefined && threads !== 1) reject("openBackend", `threads to be 1, all that the ${name} backend has`, String(threads));
  if (name === "reference") {
    if (mode !== undefined) reject("openBackend", "no mode, since the reference backend has only one", JSON.stringify(mode));
    return referenceBackend(allocator);
  }
  return gpuBackend({ mode, allocator });
}

/** Builds the gpu backend, which `gpu/index.ts` describes. Loads gpu.js. */
export async function gpuBackend(options: GpuBackendOptions = {}): Promise<GpuBackend> {
  return (await import("./gpu/index.js")).gpuBackend(options);
}

/** What gpu.js can run on here, the fastest first. Loads gpu.js. */
export async function availableGpuModes(): Promise<GpuMode[]> {
  return (await import("./gpu/index.js")).availableGpuModes();
}

function isBackendName(name: string): name is BackendName {
  return (backendNames as readonly string[]).includes(name);
}
