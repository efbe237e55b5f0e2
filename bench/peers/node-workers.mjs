/**
 * Lets libraries that were written for browsers start their workers in Node. They put a worker's
 * program into a Blob and start what its URL names; Node starts files. So a Blob becomes a file,
 * and the file's path its URL.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import workerThreads from "node:worker_threads";

/** @param prologue is put in front of every program: what it expects of a browser */
export function blobsBecomeFiles(prologue) {
  const folder = mkdtempSync(join(tmpdir(), "leibniz-peers-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  globalThis.Blob = class {
    constructor(parts) {
      this.path = join(folder, `${count++}.cjs`);
      writeFileSync(this.path, prologue + parts.join(""));
    }
  };
  URL.createObjectURL = (blob) => blob.path;
  URL.revokeObjectURL = () => {};
}

/** A browser's `Worker`, and as many processors as threads are wanted. */
export function installWebWorkers(threads) {
  blobsBecomeFiles(`const { parentPort } = require("node:worker_threads");
    globalThis.self = globalThis;
    globalThis.postMessage = (message) => parentPort.postMessage(message);
    parentPort.on("message", (data) => self.onmessage({ data }));
  `);
  globalThis.Worker = class extends workerThreads.Worker {
    constructor(path) {
      super(path);
      this.unref();
      this.on("message", (data) => this.onmessage?.({ data }));
      this.on("error", (error) => this.onerror?.(error));
    }
  };
  Object.defineProperty(globalThis, "navigator", {
    value: { hardwareConcurrency: threads },
    configurable: true,
  });
}
