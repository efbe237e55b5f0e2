/**
 * Threads for the kernels: worker threads in Node, Workers in a browser. Each instantiates the same
 * module over the same memory and then stays inside it, waiting for jobs.
 */

import { isNode, MachineError, nodeModule } from "../../tensor/index.js";
import { READY, type WorkerOrders, type WorkerStart } from "./instance.js";
import { workerScript } from "./worker-script.js";

export interface Workers {
  readonly count: number;
  /** Whether this thread may sleep while it waits: a browser's main thread may not. */
  readonly mayWait: boolean;
  /** What happened to a worker that has ended, or `null` while all is well. */
  trouble(): string | null;
  end(): Promise<void>;
}

/** How long a browser may take to load and start a worker's script. */
const START_TIMEOUT_MS = 30_000;

/** How many threads this machine can run at once. */
export function availableThreads(): number {
  if (isNode) return nodeModule<typeof import("node:os")>("node:os").availableParallelism();
  return whyOneThread() === null ? navigator.hardwareConcurrency : 1;
}

/** Why there can be only one thread here, and what would help; `null` where there can be more. */
export function whyOneThread(): string | null {
  if (isNode || globalThis.crossOriginIsolated) return null;
  return (
    "this page is not cross-origin isolated; serve it and its scripts with the headers " +
    "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp"
  );
}

/** @throws MachineError when a worker cannot start; then none is left behind */
export async function startWorkers(count: number, start: WorkerStart): Promise<Workers> {
  if (count === 0) return { count, mayWait: isNode, trouble: () => null, end: async () => {} };
  return isNode ? startInNode(count, start) : startInBrowser(count, start);
}

async function startInNode(count: number, start: WorkerStart): Promise<Workers> {
  const { Worker } = nodeModule<typeof import("node:worker_threads")>("node:worker_threads");
  let trouble: string | null = null;
  let ending = false;
  const workers = Array.from({ length: count }, (_, i) => {
    const worker = new Worker(workerScript, {
      eval: true,
      workerData: { ...start, worker: i + 1 } satisfies WorkerOrders,
    });
    worker.on("error", (error) => (trouble ??= `a worker failed: ${error.message}`));
    worker.on("exit", (code) => {
      if (!ending) trouble ??= `a worker ended with code ${code}`;
    });
    return worker;
  });
  try {
    // A worker that ends before it is ready may do so without an error.
    const ready = (worker: (typeof workers)[number]): Promise<unknown> =>
      new Promise((resolve, refuse) => worker.once("message", resolve).once("exit", refuse));
    await Promise.all(workers.map(ready));
    // a program may end without disposing of its backend; until here, somebody waits
    for (const worker of workers) worker.unref();
  } catch {
    ending = true;
    await Promise.all(workers.map((worker) => worker.terminate()));
    throw new MachineError(`wasm: expected ${count + 1} working threads, but ${trouble}`);
  }
  return {
    count,
    mayWait: true,
    trouble: () => trouble,
    end: async () => {
      ending = true;
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/**
 * A browser tells nobody that a worker has ended. So each holds a lock, which the browser takes
 * from it when it ends, however that happens; whoever then gets the lock knows.
 */
async function startInBrowser(count: number, start: WorkerStart): Promise<Workers> {
  let trouble: string | null = null;
  let ending = false;
  const script = URL.createObjectURL(new Blob([workerScript], { type: "text/javascript" }));
  const workers = Array.from({ length: count }, () => new Worker(script));
  const end = async (): Promise<void> => {
    ending = true;
    for (const worker of workers) worker.terminate();
  };
  const begin = (worker: Worker, i: number): Promise<void> =>
    new Promise((resolve, refuse) => {
      const fail = (what: string): void => {
        trouble ??= what;
        refuse(new MachineError(`wasm: expected ${count + 1} working threads, but ${trouble}`));
      };
      const timer = setTimeout(
        () => fail(`a worker did not start within ${START_TIMEOUT_MS / 1000} s`),
        START_TIMEOUT_MS,
      );
      const lock = `leibniz worker ${crypto.randomUUID()}`;
      worker.onmessage = ({ data }: MessageEvent<string>) => {
        clearTimeout(timer);
        if (data !== READY) return fail(`a worker failed: ${data}`);
        void navigator.locks.request(lock, () => {
          if (!ending) trouble ??= "a worker ended";
        });
        resolve();
      };
      worker.onerror = ({ message }) => {
        clearTimeout(timer);
        fail(
          message
            ? `a worker failed: ${message}`
            : "a worker's script did not load; a Content-Security-Policy has to allow " +
                "worker-src blob:",
        );
      };
      worker.postMessage({ ...start, worker: i + 1, lock } satisfies WorkerOrders);
    });
  try {
    await Promise.all(workers.map(begin));
  } catch (error) {
    await end();
    throw error;
  } finally {
    URL.revokeObjectURL(script);
  }
  return { count, mayWait: typeof document === "undefined", trouble: () => trouble, end };
}
