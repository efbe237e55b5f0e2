import type { WindowGeometry } from "../../im2col/index.js";
import { MachineError, reject } from "../../tensor/index.js";
import { compiledKernels } from "./compiled.js";
import { importsFor } from "./instance.js";
import {
  ARGUMENTS_AT,
  FIELDS_AT,
  geometryFields,
  jobFields,
  type KernelArguments,
  type KernelName,
  type Layout,
  layoutOf,
} from "./layout.js";
import { aligned, type WasmMemory } from "./memory.js";
import { constants, kernels } from "./table.js";
import { startWorkers, type Workers } from "./workers.js";

/**
 * A job is cut into at most this many chunks, whatever the number of threads: results depend on how
 * sums are cut.
 */
const CHUNKS = 16;
/** How long the other threads may take to finish before they are given up. */
const TIMEOUT_MS = 20_000;

/** Of each kernel: its number in a job, and where its arguments are. */
const rows = Object.fromEntries(
  Object.entries(kernels).map(([name, row], number) => [name, { number, ...layoutOf(name, row) }]),
) as Readonly<Record<KernelName, { readonly number: number } & Layout>>;
const JOB_BYTES = ARGUMENTS_AT + Math.max(...Object.values(rows).map(({ bytes }) => bytes));
/** Addresses have 32 bits. */
const MOST_BYTES = 2 ** 32;

/** Into how many chunks a job of this many items is cut. */
export function chunksOf(items: number): number {
  return Math.min(items, CHUNKS);
}

/** Over the blocks of a flat array. */
export function blocks(length: number): { readonly items: number; readonly length: number } {
  return { items: Math.ceil(length / constants.BLOCK), length };
}

interface Exports {
  scratchBytes(job: number): number;
  runJob(control: number, job: number, threads: number, mayWait: number, timeoutMs: number): number;
}

/** Runs jobs on this thread and, if there are more, on workers. */
export class JobRunner {
  readonly threads: number;
  readonly #exports: Exports;
  readonly #memory: WasmMemory;
  readonly #workers: Workers;
  readonly #control: number;
  readonly #job: number;
  // views of the job, which growing the memory leaves valid: see `memory.ts`
  readonly #fields: Int32Array;
  readonly #numbers: Float64Array;
  readonly #words: Int32Array;
  #broken: string | null = null;
  #isDisposed = false;

  private constructor(
    exports: Exports,
    memory: WasmMemory,
    workers: Workers,
    control: number,
    job: number,
  ) {
    this.#exports = exports;
    this.#memory = memory;
    this.#workers = workers;
    this.#control = control;
    this.#job = job;
    const { buffer } = memory.memory;
    const argumentBytes = JOB_BYTES - ARGUMENTS_AT;
    this.#fields = new Int32Array(buffer, job + FIELDS_AT, jobFields.length);
    this.#numbers = new Float64Array(buffer, job + ARGUMENTS_AT, Math.floor(argumentBytes / 8));
    this.#words = new Int32Array(buffer, job + ARGUMENTS_AT, argumentBytes / 4);
    this.threads = 1 + workers.count;
  }

  /** Starts `threads − 1` workers. */
  static async start(memory: WasmMemory, threads: number): Promise<JobRunner> {
    const module = await compiledKernels();
    const { exports } = await WebAssembly.instantiate(module, importsFor(memory.memory));
    const control = memory.reserve(64);
    const job = memory.reserve(JOB_BYTES);
    const workers = await startWorkers(threads - 1, {
      module,
      memory: memory.memory,
      control,
      job,
    });
    return new JobRunner(exports as unknown as Exports, memory, workers, control, job);
  }

  /**
   * Runs a kernel of the table over all its items.
   *
   * @throws MachineError when a worker died or does not finish in time; from then on the backend
   *   cannot be used. Also when the kernel needs more memory than there can be
   */
  run<K extends KernelName>(kernel: K, given: KernelArguments<K>): void {
    if (given.items === 0) return;
    this.#check();
    const { items } = given;
    const chunks = chunksOf(items);
    const job = { kernel: rows[kernel].number, chunks, items, scratch: 0, scratchBytes: 0 };
    this.#writeFields(job);
    this.#writeArguments(kernel, given);
    const scratchBytes = aligned(this.#exports.scratchBytes(this.#job));
    if (scratchBytes === 0) return this.#start();
    if (scratchBytes >= MOST_BYTES)
      throw new MachineError(
        `wasm: expected ${kernel} to need less than 4 GB beside its operands, got ` +
          `${(scratchBytes / 2 ** 30).toFixed(1)} GB; use smaller images, filters or matrices`,
      );
    this.#memory.scratch(() => {
      const scratch = this.#memory.take(scratchBytes * this.threads);
      this.#writeFields({ ...job, scratch, scratchBytes });
      this.#start();
    });
  }

  #writeFields(fields: Readonly<Record<(typeof jobFields)[number], number>>): void {
    jobFields.forEach((name, i) => (this.#fields[i] = fields[name]));
  }

  #writeArguments<K extends KernelName>(kernel: K, given: KernelArguments<K>): void {
    const { numbers, words, geometryAt } = rows[kernel];
    const values = given as Readonly<Record<string, number | boolean>>;
    numbers.forEach((name, i) => (this.#numbers[i] = Number(values[name])));
    const first = 2 * numbers.length;
    words.forEach((name, i) => (this.#words[first + i] = Number(values[name])));
    const { geometry } = given as { readonly geometry?: WindowGeometry | null };
    if (geometry)
      geometryFields.forEach((name, i) => (this.#words[geometryAt / 4 + i] = geometry[name]));
  }

  /** Starts a job that has been written, and returns when it is done. */
  #start(): void {
    const done = this.#exports.runJob(
      this.#control,
      this.#job,
      this.threads,
      Number(this.#workers.mayWait),
      TIMEOUT_MS,
    );
    if (done === 0) {
      this.#broken = `a worker did not finish within ${TIMEOUT_MS / 1000} s`;
      this.#check();
    }
  }

  /** Ends the workers. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const control = new Int32Array(this.#memory.memory.buffer, this.#control, 1);
    Atomics.store(control, 0, -1);
    Atomics.notify(control, 0);
    await this.#workers.end();
  }

  /** @throws InputError when it was disposed of */
  checkInUse(): void {
    if (this.#isDisposed)
      reject("wasm", "a backend in use", "one that was disposed of", "open another");
  }

  #check(): void {
    this.checkInUse();
    const trouble = this.#broken ?? this.#workers.trouble();
    if (trouble !== null)
      throw new MachineError(`wasm: expected ${this.threads} working threads, but ${trouble}`);
  }
}
