import {
  type Allocator,
  type DType,
  heapAllocator,
  Lifetime,
  MachineError,
  sizeOf,
  Storage,
  Tensor,
} from "../../tensor/index.js";
import { copiedOut } from "../step.js";
import { Arena, type Mark } from "./arena.js";
import { FreeList } from "./free-list.js";

const PAGE = 65_536;
/** The memory grows by at least this much at a time, in pages: 16 MB. */
const LEAST_GROWTH = 256;
/** Vectors are read fastest from multiples of their length; a line of the cache has 64 bytes. */
const ALIGNMENT = 64;
/** What becomes of the memory of a step; see {@link Lifetime.end}. */
const STEP_HAS_ENDED =
  "that of a step that has ended; return the tensor from `step`, which copies it out, or clone it";

interface Step {
  readonly lifetime: Lifetime;
  readonly mark: Mark;
}

/**
 * The memory that the kernels see. In it are an arena for the step that runs, whose tensors come
 * and go together, and pieces that are taken and given back one by one, for what outlasts steps.
 * Outside a step results live on JavaScript's heap, and kernels work on copies.
 *
 * The memory is a shared one, because growing it leaves the arrays that look at it valid.
 */
export class WasmMemory implements Allocator {
  readonly memory: WebAssembly.Memory;
  readonly #free = new FreeList();
  readonly #arena = new Arena(this.#free, (bytes) => this.#grow(bytes));
  /** The steps that run, the innermost last. */
  readonly #steps: Step[] = [];
  readonly #buffers = new WeakSet<ArrayBufferLike>();

  /**
   * @param largestMB where growing ends
   * @throws MachineError when there is no room for it; browsers set aside all of it at once
   */
  constructor(largestMB: number) {
    try {
      this.memory = new WebAssembly.Memory({
        initial: LEAST_GROWTH,
        maximum: largestMB * 16,
        shared: true,
      });
    } catch (error) {
      throw new MachineError(
        `wasm: expected a shared memory of ${LEAST_GROWTH / 16} MB that may grow to ` +
          `${largestMB} MB, got none (${(error as Error).message}); ` +
          "choose a smaller largestMB, or the reference backend",
      );
    }
    // the kernels' own constants come first
    this.#free.give(PAGE, this.memory.buffer.byteLength - PAGE);
  }

  /** Zeros: of the step that runs if they are float32, else on the heap. */
  allocate(dtype: DType, length: number, contents?: "zeros" | "written over"): Storage {
    const step = this.#steps.at(-1);
    if (step === undefined || dtype === "float64") return heapAllocator.allocate(dtype, length);
    const data = this.floats(length);
    return new Storage(contents === "written over" ? data : data.fill(0), step.lifetime);
  }

  /** Zeros that stay until they are disposed of, whatever step they were made in. */
  readonly persistent: Allocator = {
    allocate: (dtype, length) => {
      if (dtype === "float64") return heapAllocator.allocate(dtype, length);
      const bytes = aligned(4 * length);
      const start = this.reserve(bytes);
      const data = new Float32Array(this.#buffer, start, length).fill(0);
      return new Storage(data, new Lifetime(), () => this.#free.give(start, bytes));
    },
  };

  /** Takes bytes that stay, and returns where they start. @throws MachineError as {@link take} */
  reserve(bytes: number): number {
    for (;;) {
      const start = this.#free.take(aligned(bytes));
      if (start !== null) return start;
      this.#grow(bytes);
    }
  }

  /**
   * Takes bytes of the arena, and returns where they start.
   *
   * @throws MachineError when the memory cannot grow any more
   */
  take(bytes: number): number {
    return this.#arena.take(aligned(bytes));
  }

  /**
   * Numbers of the arena that are about to be written; until then they are what was there before.
   */
  floats(length: number): Float32Array<ArrayBuffer> {
    const start = this.take(4 * length); // first, since it may grow the memory
    return new Float32Array(this.#buffer, start, length);
  }

  /** Numbers that were taken before, by their address. */
  floatsAt(address: number, length: number): Float32Array {
    return new Float32Array(this.#buffer, address, length);
  }

  /** As {@link floats}, for 32-bit integers. */
  integers(length: number): Int32Array<ArrayBuffer> {
    const start = this.take(4 * length);
    return new Int32Array(this.#buffer, start, length);
  }

  /** As {@link floats}, for 64-bit floating point. */
  doubles(length: number): Float64Array<ArrayBuffer> {
    const start = this.take(8 * length);
    return new Float64Array(this.#buffer, start, length);
  }

  /**
   * A new tensor: one of the step that runs, or, outside, a copy on the heap of what was written.
   * What `write` takes besides is given back.
   *
   * @param write fills the numbers at an address
   */
  produce(shape: readonly number[], write: (out: number) => void): Tensor {
    return this.#handingOut((result) => {
      const data = this.floats(sizeOf(shape));
      this.scratch(() => write(data.byteOffset));
      return Tensor.over(result(data), shape);
    });
  }

  /** The same for two tensors of one shape. */
  producePair(
    shape: readonly number[],
    write: (first: number, second: number) => void,
  ): [Tensor, Tensor] {
    return this.#handingOut((result) => {
      const [first, second] = [this.floats(sizeOf(shape)), this.floats(sizeOf(shape))];
      this.scratch(() => write(first.byteOffset, second.byteOffset));
      return [Tensor.over(result(first), shape), Tensor.over(result(second), shape)];
    });
  }

  /** The same for several tensors, each of its own shape. */
  produceAll(
    shapes: readonly (readonly number[])[],
    write: (...addresses: readonly number[]) => void,
  ): Tensor[] {
    return this.#handingOut((result) => {
      const all = shapes.map((shape) => this.floats(sizeOf(shape)));
      this.scratch(() => write(...all.map(({ byteOffset }) => byteOffset)));
      return all.map((data, i) => Tensor.over(result(data), shapes[i]!));
    });
  }

  /** The same for a max pooling, which also tells the winners. */
  producePooled(
    shape: readonly number[],
    write: (out: number, argmax: number) => void,
  ): { readonly out: Tensor; readonly argmax: Storage<Int32Array> } {
    return this.#handingOut((result) => {
      const data = this.floats(sizeOf(shape));
      const argmax = this.integers(data.length);
      this.scratch(() => write(data.byteOffset, argmax.byteOffset));
      return { out: Tensor.over(result(data), shape), argmax: result(argmax) };
    });
  }

  /** Does a tensor live here, in one piece, so that a kernel may change it? */
  holds(tensor: Tensor): boolean {
    return tensor.isContiguous && this.#buffers.has(tensor.data.buffer);
  }

  /** Where a tensor's numbers are; one that lives elsewhere is copied in first. */
  address(tensor: Tensor): number {
    const data = tensor.contiguous().data as Float32Array;
    if (this.#buffers.has(data.buffer)) return data.byteOffset;
    const copy = this.floats(data.length);
    copy.set(data);
    return copy.byteOffset;
  }

  /** As {@link address}, for the winners of a max pooling. */
  addressOfIntegers({ data }: Storage<Int32Array>): number {
    if (this.#buffers.has(data.buffer)) return data.byteOffset;
    const copy = this.integers(data.length);
    copy.set(data);
    return copy.byteOffset;
  }

  /** See {@link Backend.step}. */
  async step<T>(run: () => T | Promise<T>): Promise<T> {
    const step: Step = { lifetime: new Lifetime(), mark: this.#arena.mark() };
    this.#steps.push(step);
    try {
      const result = await run();
      const ending = this.#steps.slice(this.#from(step)).map(({ lifetime }) => lifetime);
      return copiedOut(result, (lifetime) => ending.includes(lifetime));
    } finally {
      this.#end(step);
    }
  }

  /** Runs something that happens at once, and gives back what it took of the arena. */
  scratch<T>(run: () => T): T {
    const mark = this.#arena.mark();
    try {
      return run();
    } finally {
      this.#arena.release(mark);
    }
  }

  /**
   * Ends a step, and with it those that began in it and run on: their memory lies behind its own.
   */
  #end(step: Step): void {
    const ending = this.#steps.splice(this.#from(step));
    if (ending.length === 0) return; // it was ended by the step that it began in
    for (const { lifetime } of ending) lifetime.end(STEP_HAS_ENDED);
    this.#arena.release(step.mark);
  }

  /** Where a step is among those that run; behind the last one if it has ended. */
  #from(step: Step): number {
    const at = this.#steps.indexOf(step);
    return at < 0 ? this.#steps.length : at;
  }

  /** Makes storages of results in the arena: of the step that runs, or copies on the heap. */
  #handingOut<T>(
    run: (result: <D extends Float32Array | Int32Array>(data: D) => Storage<D>) => T,
  ): T {
    const step = this.#steps.at(-1);
    const mark = this.#arena.mark();
    try {
      return run((data) =>
        step === undefined
          ? new Storage(data.slice() as typeof data)
          : new Storage(data, step.lifetime),
      );
    } finally {
      if (step === undefined) this.#arena.release(mark);
    }
  }

  /**
   * The memory as an array buffer. Growing makes a new one of it, and V8 does so for every shared
   * memory of the process when one of them grows, so the buffers that tensors got are remembered
   * here, each of them.
   */
  get #buffer(): ArrayBuffer {
    const { buffer } = this.memory;
    this.#buffers.add(buffer);
    return buffer;
  }

  /** Puts more bytes on the free list, as many as asked for where the memory can grow. */
  #grow(bytes: number): void {
    const start = this.memory.buffer.byteLength;
    const pages = Math.ceil(aligned(bytes) / PAGE);
    for (const more of [Math.max(pages, LEAST_GROWTH), pages]) {
      try {
        this.memory.grow(more);
        return this.#free.give(start, more * PAGE);
      } catch {
        // too much, or too much at once
      }
    }
    if (this.#arena.trim()) return;
    throw new MachineError(
      `wasm: expected ${Math.ceil(bytes / 2 ** 20)} MB more memory, got none beyond the ` +
        `${Math.round(start / 2 ** 20)} MB there are; use smaller batches`,
    );
  }
}

/** Rounded up to whole lines of the cache. */
export function aligned(bytes: number): number {
  return ALIGNMENT * Math.ceil(bytes / ALIGNMENT);
}
