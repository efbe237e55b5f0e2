import { binary } from "./binary.js";

let compiled: Promise<WebAssembly.Module> | null = null;

/** The kernels, compiled once for all backends: a module holds no memory, an instance does. */
export function compiledKernels(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(
    Uint8Array.from(atob(binary), (character) => character.charCodeAt(0)),
  ).catch((error: unknown) => {
    compiled = null; // there may be memory for it later
    throw error;
  });
  return compiled;
}
