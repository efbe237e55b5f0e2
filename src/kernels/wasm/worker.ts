/**
 * What a worker thread runs: it joins the kernels and never comes back, until it is told to end.
 * The build makes a text of it, `worker-script.js`: a file of its own would have to be found, and
 * each bundler loses it in its own way.
 */
import { importsFor, READY, type WorkerOrders } from "./instance.js";

interface Exports {
  work(control: number, job: number, worker: number): void;
}

async function join(
  { module, memory, control, job, worker }: WorkerOrders,
  ready: () => void,
): Promise<void> {
  const instance = await WebAssembly.instantiate(module, importsFor(memory));
  ready();
  (instance.exports as unknown as Exports).work(control, job, worker);
}

/** Takes a lock and keeps it until this thread ends. */
function hold(lock: string): Promise<void> {
  return new Promise((taken) => {
    void navigator.locks.request(lock, () => {
      taken();
      return new Promise(() => {});
    });
  });
}

if (typeof process === "object" && typeof process.versions?.node === "string") {
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
  void join(workerData as WorkerOrders, () => parentPort?.postMessage(READY));
} else {
  globalThis.onmessage = async ({ data }: MessageEvent<WorkerOrders>) => {
    try {
      await hold(data.lock!);
      await join(data, () => globalThis.postMessage(READY));
    } catch (error) {
      globalThis.postMessage(String(error)); // nobody would hear of a promise that fails in here
      globalThis.close();
    }
  };
}
