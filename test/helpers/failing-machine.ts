/**
 * Loaded into a process in front of its program (`node --import`), breaks the machine under it as
 * the environment variable BREAK says:
 *
 *     start     every worker thread ends before it is ready
 *     worker    a worker thread ends soon after the first line on standard output
 *     memory N  shared memory grows N times, and then no more; with `memory N of M`, it starts with
 *               M MB
 *     no-memory there is no shared memory at all
 */
import { isMainThread, Worker } from "node:worker_threads";

const [what, count, , startMB] = (process.env["BREAK"] ?? "").split(" ");

if (!isMainThread) {
  // only the main thread's machine is broken
} else if (what === "start") {
  // the program asks for the module when it starts its threads; their script does not wait for
  // what is loaded in front of it
  const threads = process.getBuiltinModule("node:worker_threads");
  threads.Worker = class extends Worker {
    constructor() {
      super("process.exit(7)", { eval: true }); // in a worker this ends the thread alone
    }
  };
} else if (what === "worker") {
  let latest: Worker | null = null;
  process.on("worker", (worker) => (latest = worker));
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = ((...args: Parameters<typeof write>) => {
    if (latest !== null) void (latest as Worker).terminate();
    return write(...args);
  }) as typeof write;
} else if (what === "memory") {
  const { grow } = WebAssembly.Memory.prototype;
  let left = Number(count);
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (left-- <= 0)
      throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
    return grow.call(this, pages);
  };
  if (startMB !== undefined)
    WebAssembly.Memory = class extends WebAssembly.Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        super({ ...descriptor, initial: Math.min(descriptor.initial, 16 * Number(startMB)) });
      }
    };
} else if (what === "no-memory") {
  WebAssembly.Memory = class extends WebAssembly.Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if (descriptor.shared === true)
        throw new RangeError("WebAssembly.Memory(): could not allocate memory");
      super(descriptor);
    }
  };
}
