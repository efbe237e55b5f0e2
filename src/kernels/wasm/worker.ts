/** What a worker thread runs: it joins the kernels and never comes back, until it is told to end. */
import { importsFor } from "./jobs.js";
import type { WorkerStart } from "./workers.js";

interface Start extends WorkerStart {
  readonly worker: number;
}

interface Exports {
  work(control: number, job: number, worker: number): void;
}

async function join({ module, memory, control, job, worker }: Start, ready: () => void): Promise<void> {
  const instance = await WebAssembly.instantiate(module, importsFor(memory));
  ready();
  (instance.exports as unknown as Exports).work(control, job, worker);
}

if (typeof process === "object" && typeof process.versions?.node === "string") {
  const { parentPort, workerData } = await import("node:worker_threads");
  await join(workerData as Start, () => parentPort?.postMessage("ready"));
} else {
  globalThis.onmessage = ({ data }: MessageEvent<Start>) => void join(data, () => globalThis.postMessage("ready"));
}
