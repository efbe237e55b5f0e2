/**
 * Threads for the kernels: worker threads in Node, Workers in a browser. Each instantiates the same module over the same memory and
 * then stays inside it, waiting for jobs.
 */

/** What a worker needs to join in. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly job: number;
}

export interface Workers {
  readonly count: number;
  /** Whether this thread may sleep while it waits: a browser's main thread may not. */
  readonly mayWait: boolean;
  /** What happened to a worker that has ended, or `null` while all is well. */
  trouble(): string | null;
  end(): Promise<void>;
}

const isNode = typeof process === "object" && typeof process.versions?.node === "string";

/** How many threads this machine can run at once. */
export async function availableThreads(): Promise<number> {
  if (isNode) return (await import("node:os")).availableParallelism();
  return globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1;
}

/** @throws Error when a worker cannot start */
export async function startWorkers(count: number, start: WorkerStart): Promise<Workers> {
  if (count === 0) return { count, mayWait: isNode, trouble: () => null, end: async () => {} };
  return isNode ? startInNode(count, start) : startInBrowser(count, start);
}

const SCRIPT = new URL("./worker.js", import.meta.url);

async function startInNode(count: number, start: WorkerStart): Promise<Workers> {
  const { Worker } = await import("node:worker_threads");
  let trouble: string | null = null;
  let ending = false;
  const workers = Array.from({ length: count }, (_, i) => {
    const worker = new Worker(SCRIPT, { workerData: { ...start, worker: i + 1 } });
    worker.unref(); // a program may end without disposing of its backend
    worker.on("error", (error) => (trouble ??= `a worker failed: ${error.message}`));
    worker.on("exit", (code) => {
      if (!ending) trouble ??= `a worker ended with code ${code}`;
    });
    return worker;
  });
  await Promise.all(workers.map((worker) => new Promise((resolve, refuse) => worker.once("message", resolve).once("error", refuse))));
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

async function startInBrowser(count: number, start: WorkerStart): Promise<Workers> {
  let trouble: string | null = null;
  const workers = Array.from({ length: count }, () => new Worker(SCRIPT, { type: "module" }));
  await Promise.all(
    workers.map(
      (worker, i) =>
        new Promise<void>((resolve, refuse) => {
          worker.onmessage = () => resolve();
          worker.onerror = ({ message }) => {
            trouble ??= `a worker failed: ${message}`;
            refuse(new Error(`wasm: ${trouble}`));
          };
          worker.postMessage({ ...start, worker: i + 1 });
        }),
    ),
  );
  return { count, mayWait: typeof document === "undefined", trouble: () => trouble, end: async () => workers.forEach((worker) => worker.terminate()) };
}
