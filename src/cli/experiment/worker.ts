/** Measures one unit of an experiment after another, in a thread of its own. */
import { parentPort, workerData } from "node:worker_threads";
import { loadMnist } from "../../data/index.js";
import {
  findExperiment,
  mnistFor,
  type Named,
  type Scale,
  type Unit,
} from "../../experiments/index.js";
import { openBackend } from "../../kernels/index.js";
import { InputError } from "../../tensor/index.js";

/** What the thread is told at its start. */
export interface WorkerTask {
  readonly experiment: string;
  readonly scale: Scale;
  readonly data: string | null;
}

/** What it tells: that it waits for a unit, how much of one is done, and what came of it. */
export type WorkerMessage =
  | { readonly type: "ready" }
  | { readonly type: "progress"; readonly share: number }
  | { readonly type: "measured"; readonly values: Named; readonly seconds: number }
  | { readonly type: "failed"; readonly message: string; readonly isInput: boolean };

/** Messages take time, and nobody sees more of them. */
const PROGRESS_MS = 250;

if (parentPort !== null) {
  const port = parentPort;
  const tell = (message: WorkerMessage): void => port.postMessage(message);
  const { experiment: name, scale, data } = workerData as WorkerTask;
  const experiment = findExperiment(name);
  try {
    const mnist = mnistFor(scale, await loadMnist(data ?? undefined));
    const backend = await openBackend({ name: "wasm", threads: 1 });
    let next = 0;
    const progress = (share: number): void => {
      if (performance.now() < next) return;
      next = performance.now() + PROGRESS_MS;
      tell({ type: "progress", share });
    };
    port.on("message", async (unit: Unit) => {
      const started = performance.now();
      try {
        const values = await experiment.measure(unit, { backend, scale, mnist, data, progress });
        tell({ type: "measured", values, seconds: (performance.now() - started) / 1000 });
      } catch (error) {
        tell(failed(error));
      }
    });
    tell({ type: "ready" });
  } catch (error) {
    tell(failed(error));
    port.close();
  }
}

function failed(error: unknown): WorkerMessage {
  const message = error instanceof Error ? error.message : String(error);
  return { type: "failed", message, isInput: error instanceof InputError };
}
