/**
 * What every thread needs that runs the kernels. A worker loads this file and nothing else of the
 * engine, since it would have to load and compile the rest once more for itself.
 */

/** What every worker needs to join in. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly job: number;
}

/** What one of them is told. */
export interface WorkerOrders extends WorkerStart {
  /** From 1; 0 is the thread that hands out the jobs. */
  readonly worker: number;
  /** In a browser, the name of a lock that the worker holds as long as it lives. */
  readonly lock?: string;
}

/** What a worker says first; in a browser, whatever it says later is why it failed. */
export const READY = "ready";

/** What the kernels import. */
export function importsFor(memory: WebAssembly.Memory): WebAssembly.Imports {
  const abort = (): never => {
    throw new Error("wasm: a kernel stopped");
  };
  return { env: { memory, abort } };
}
