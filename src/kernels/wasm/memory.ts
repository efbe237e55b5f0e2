import type { WindowGeometry } from "../../im2col/index.js";
import {
  type Allocator,
  type Data,
  Deferred,
  type DType,
  heapAllocator,
  MachineError,
  sizeOf,
  Tensor,
} from "../../tensor/index.js";

const PAGE = 65_536;
/** The memory grows by at least this much at a time, in pages: 16 MB. */
const LEAST_GROWTH = 256;
/** Vectors are read fastest from multiples of their length; a line of the cache has 64 bytes. */
const ALIGNMENT = 64;

/**
 * The memory that the kernels see. Tensors are laid out one behind the other. What is made inside a
 * {@link scope} is given back when the scope ends, all at once; what is made outside, such as
 * parameters, stays.
 *
 * The memory is a shared one, because growing it leaves the arrays that look at it valid.
 */
export class WasmMemory implements Allocator {
  readonly memory: WebAssembly.Memory;
  /** The first byte that is free. */
  #top: number;
  /** The innermost scope that runs. */
  #scope: { hasEnded: boolean } | null = null;
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
          `${largestMB} MB, got none (${(error as Error).message}); choose a smaller largestMB, ` +
          `or the reference backend`,
      );
    }
    this.#top = PAGE; // the kernels' own constants come first
  }

  /** Zeros, in this memory if they are float32; the kernels do not work on float64. */
  allocate(dtype: DType, length: number): Data {
    if (dtype === "float64") return heapAllocator.allocate(dtype, length);
    const data = this.floats(length);
    data.fill(0);
    return data;
  }

  /** Numbers that the caller is about to write; until then they are whatever was there before. */
  floats(length: number): Float32Array {
    const start = this.take(4 * length); // first, since it may grow the memory
    return new Float32Array(this.#buffer, start, length);
  }

  /** The same as a tensor. */
  tensor(shape: readonly number[]): Tensor {
    return Tensor.wrap(this.floats(sizeOf(shape)), shape);
  }

  /** The same for 32-bit integers. */
  integers(length: number): Int32Array {
    const start = this.take(4 * length);
    return new Int32Array(this.#buffer, start, length);
  }

  /** The same for 64-bit floating point. */
  doubles(length: number): Float64Array {
    const start = this.take(8 * length);
    return new Float64Array(this.#buffer, start, length);
  }

  /**
   * Reserves bytes and returns where they start.
   *
   * @throws MachineError when the memory cannot grow any more
   */
  take(bytes: number): number {
    const start = Math.ceil(this.#top / ALIGNMENT) * ALIGNMENT;
    const end = start + bytes;
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) this.#grow(Math.ceil(missing / PAGE), bytes);
    this.#top = end;
    return start;
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

  /** Where the kernels find a geometry: its twelve fields, in order. */
  geometry({
    H,
    W,
    kH,
    kW,
    strideH,
    strideW,
    padH,
    padW,
    dilationH,
    dilationW,
    outH,
    outW,
  }: WindowGeometry): number {
    const fields = this.integers(12);
    fields.set([H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW, outH, outW]);
    return fields.byteOffset;
  }

  /** As {@link address}, for the winners of a max pooling. */
  addressOfIntegers(integers: Int32Array): number {
    if (this.#buffers.has(integers.buffer)) return integers.byteOffset;
    const copy = this.integers(integers.length);
    copy.set(integers);
    return copy.byteOffset;
  }

  /** Runs something and then gives back all memory that was taken in the meantime. */
  async scope<T>(run: () => Promise<T>): Promise<T> {
    const [start, outer] = [this.#top, this.#scope];
    const scope = { hasEnded: false };
    this.#scope = scope;
    try {
      return await run();
    } finally {
      scope.hasEnded = true;
      this.#scope = outer;
      this.#top = start;
    }
  }

  /**
   * A computation into memory that was taken just now. Whoever looks for the first time when that
   * memory has been given back is told so.
   */
  deferred(compute: () => void): Deferred {
    const scope = this.#scope;
    return new Deferred(() => {
      if (scope?.hasEnded === true)
        throw new Error(
          "wasm: expected a first look at this tensor inside the scope that it was made in, " +
            "got one behind its end, where its memory is another's; look, or clone it, " +
            "before the scope ends",
        );
      compute();
    });
  }

  /** The same for what happens at once, such as scratch space inside one kernel call. */
  scratch<T>(run: () => T): T {
    const start = this.#top;
    try {
      return run();
    } finally {
      this.#top = start;
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

  #grow(pages: number, bytes: number): void {
    try {
      this.memory.grow(Math.max(pages, LEAST_GROWTH));
    } catch {
      const held = Math.round(this.memory.buffer.byteLength / 2 ** 20);
      throw new MachineError(
        `wasm: expected ${Math.ceil(bytes / 2 ** 20)} MB more memory, got none beyond the ` +
          `${held} MB there are; use smaller batches`,
      );
    }
  }
}
