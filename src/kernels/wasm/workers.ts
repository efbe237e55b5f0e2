/**
 * Threads for the kernels: worker threads in Node, Workers in a browser. Each instantiates the same
 * module over the same memory and then stays inside it, waiting for jobs.
 */

import { MachineError } from "../../tensor/index.js";
import { READY, type WorkerOrders, type WorkerStart } from "./instance.js";

export interface Workers {
  readonly count: number;
  /** Whether this thread may sleep while it waits: a browser's main thread may not. */
  readonly mayWait: boolean;
  /** What happened to a worker that has ended, or `null` while all is well. */
  trouble(): string | null;
  end(): Promise<void>;
}

const isNode = typeof process === "object" && typeof process.versions?.node === "string";
/** How long a browser may take to load and start a worker's script. */
const START_TIMEOUT_MS = 30_000;

/** How many threads this machine can run at once. */
export async function availableThreads(): Promise<number> {
  if (isNode) return (await import("node:os")).availableParallelism();
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
  const { Worker } = await import("node:worker_threads");
  let trouble: string | null = null;
  let ending = false;
  const workers = Array.from({ length: count }, (_, i) => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
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
  // written out here and not above, because bundlers look for just this
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" }),
  );
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
            : "a worker's script did not load; it needs the header " +
                "Cross-Origin-Embedder-Policy too",
        );
      };
      worker.postMessage({ ...start, worker: i + 1, lock } satisfies WorkerOrders);
    });
  try {
    await Promise.all(workers.map(begin));
  } catch (error) {
    await end();
    throw error;
  }
  return { count, mayWait: typeof document === "undefined", trouble: () => trouble, end };
}
