/** Runs in the page: hands a task to a Worker in which the engine runs, or runs it right here. */
import { type Answer, type Order, perform } from "./tasks.js";

function inWorker(order: Order): Promise<Answer> {
  const worker = new Worker("engine.js", { type: "module" });
  return new Promise<Answer>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
    worker.onerror = ({ message }) =>
      resolve({ error: `the worker with the engine failed: ${message}` });
    worker.postMessage(order);
  }).finally(() => worker.terminate());
}

Object.assign(globalThis, { inWorker, inPage: perform });
