import { MachineError } from "../../tensor/index.js";
import { binary } from "./binary.js";
import type { WasmMemory } from "./memory.js";
import { startWorkers, type Workers } from "./workers.js";

/** The kernels, by the numbers that `assembly/chunks.ts` knows them by. */
export const kernelNumbers = {
  products: 0,
  sums: 1,
  addPartials: 2,
  im2col: 3,
  col2im: 4,
  maxPool2d: 5,
  maxPool2dBackward: 6,
  averagePool2d: 7,
  averagePool2dBackward: 8,
  relu: 9,
  reluBackward: 10,
  sumPerChannel: 11,
  sgdUpdate: 12,
  adamUpdate: 13,
  transpose: 14,
  winnersWeightGradient: 15,
  winnersInputGradient: 16,
  convolvePool: 17,
  accumulate: 18,
  pack: 19,
  adagradUpdate: 20,
  rmspropUpdate: 21,
  allFinite: 22,
  channelMoments: 23,
  channelSums: 24,
  channelAffine: 25,
  channelResidual: 26,
} as const;

/** What `flags` says of a job; see `assembly/job.ts`. */
export const Flag = {
  turnB: 1,
  sparse: 2,
  turnA: 4,
  columns: 8,
  ontoImage: 16,
  dots: 32,
  rectify: 64,
  sparseA: 128,
} as const;

/**
 * The fields of a job in memory, 4 bytes each, behind its 12 bytes of state; see the class `Job` in
 * `assembly/job.ts`.
 */
const FIELDS_AT = 12;
const FIELDS = [
  "kernel",
  "chunks",
  "items",
  "x",
  "y",
  "out",
  "extra",
  "M",
  "N",
  "I",
  "aMatrix",
  "aRow",
  "aStep",
  "whichA",
  "bMatrix",
  "bRow",
  "whichB",
  "rowBias",
  "rowBiasStep",
  "columnBias",
  "flags",
  "geometry",
  "channels",
  "scratch",
  "scratchBytes",
  "rows",
  "blocks",
  "bPanel",
  "poolH",
  "poolW",
] as const;
const PLACES = Object.fromEntries(FIELDS.map((field, i) => [field, i])) as Record<
  (typeof FIELDS)[number],
  number
>;
const NUMBERS_AT = 144;
const JOB_BYTES = 208;

/**
 * A job is cut into at most so many chunks, whatever the number of threads: results depend on how
 * sums are cut.
 */
const CHUNKS = 16;
/** How long the other threads may take to finish before they are given up. */
const TIMEOUT_MS = 20_000;

/**
 * Arguments of a job. `chunks` is worked out from `items` if left out; what else is left out is 0.
 */
export type JobFields = { readonly items: number } & Partial<
  Record<Exclude<(typeof FIELDS)[number], "kernel">, number>
>;

/** Into how many chunks a job of so many items is cut. */
export function chunksOf(items: number): number {
  return Math.min(items, CHUNKS);
}

interface Exports {
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
  #broken: string | null = null;

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
    this.threads = 1 + workers.count;
  }

  /** Compiles the kernels and starts `threads − 1` workers. */
  static async start(memory: WasmMemory, threads: number): Promise<JobRunner> {
    const module = await WebAssembly.compile(
      Uint8Array.from(atob(binary), (character) => character.charCodeAt(0)),
    );
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
   * @throws MachineError when a worker died or does not finish in time; from then on the backend
   *   cannot be used
   */
  run(
    kernel: keyof typeof kernelNumbers,
    fields: JobFields,
    numbers: readonly number[] = [],
  ): void {
    if (fields.items === 0) return;
    this.#check();
    const chunks = fields.chunks ?? chunksOf(fields.items);
    const words = new Int32Array(this.#memory.memory.buffer, this.#job + FIELDS_AT, FIELDS.length);
    words.fill(0);
    words[PLACES.kernel] = kernelNumbers[kernel];
    for (const field in fields)
      words[PLACES[field as keyof JobFields]] = fields[field as keyof JobFields]!;
    words[PLACES.chunks] = chunks;
    new Float64Array(this.#memory.memory.buffer, this.#job + NUMBERS_AT, numbers.length).set(
      numbers,
    );
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
    this.#broken ??= "the backend was disposed of";
    const control = new Int32Array(this.#memory.memory.buffer, this.#control, 1);
    Atomics.store(control, 0, -1);
    Atomics.notify(control, 0);
    await this.#workers.end();
  }

  #check(): void {
    const trouble = this.#broken ?? this.#workers.trouble();
    if (trouble !== null)
      throw new MachineError(`wasm: expected ${this.threads} working threads, but ${trouble}`);
  }
}

/** What the kernels import. */
export function importsFor(memory: WebAssembly.Memory): WebAssembly.Imports {
  const abort = (): never => {
    throw new Error("wasm: a kernel stopped");
  };
  return { env: { memory, abort } };
}
