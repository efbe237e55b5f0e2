import { InputError, MachineError, reject } from "./errors.js";

/** Element type: `float32` for training, `float64` for gradient checks and recorded numbers. */
export type DType = "float32" | "float64";

/** The flat memory behind a tensor. */
export type Data = Float32Array | Float64Array;

/** How long some memory may be looked at: until somebody ends it, and says why. */
export class Lifetime {
  #ended: string | null = null;

  get hasEnded(): boolean {
    return this.#ended !== null;
  }

  /** @param why completes "expected memory that is still there, got one …" */
  end(why: string): void {
    this.#ended ??= why;
  }

  /** @throws InputError when it has ended */
  check(where: string): void {
    if (this.#ended !== null)
      throw new InputError(`${where}: expected memory that is still there, got ${this.#ended}`);
  }
}

/**
 * Flat memory with what belongs to it: a version, which counts changes in place, and a lifetime.
 * All tensors that look at the memory share it, and so see the same version and the same end.
 */
export class Storage<D extends Data | Int32Array = Data> {
  readonly #data: D;
  /** Null for memory on JavaScript's heap, which lives as long as something refers to it. */
  readonly lifetime: Lifetime | null;
  readonly #free: (() => void) | null;
  #version = 0;

  /**
   * @param lifetime ends before the memory is used for something else
   * @param free gives the memory back, once it is disposed of
   */
  constructor(data: D, lifetime: Lifetime | null = null, free: (() => void) | null = null) {
    this.#data = data;
    this.lifetime = lifetime;
    this.#free = free;
  }

  /** @throws InputError when the memory belongs to something else by now */
  get data(): D {
    if (this.lifetime?.hasEnded === true) this.lifetime.check("Tensor.data");
    return this.#data;
  }

  /** Grows with every change in place that went through a tensor's methods or a kernel. */
  get version(): number {
    return this.#version;
  }

  /**
   * Counts a change in place. Code that writes through {@link data}, past the tensor, calls it.
   */
  touch(): void {
    this.#version++;
  }

  /** Is this memory, or a part of it, also the other's? */
  overlaps(other: Storage): boolean {
    const [a, b] = [this.#data, other.#data];
    // An allocator may cut all of its memory from one buffer.
    return (
      a === b ||
      (a.buffer === b.buffer &&
        a.byteOffset < b.byteOffset + b.byteLength &&
        b.byteOffset < a.byteOffset + a.byteLength)
    );
  }

  /** Gives the memory back, where it is not JavaScript's; nobody can look at it from then on. */
  dispose(): void {
    if (this.#free === null || this.lifetime?.hasEnded === true) return;
    this.lifetime?.end("one that was disposed of");
    this.#free();
  }
}

/**
 * Where the memory of new tensors comes from. The default takes it from JavaScript's heap; a
 * backend may hand out memory that its own kernels can see, without any other code noticing.
 */
export interface Allocator {
  /**
   * @param contents "written over" where the caller writes all of them: anything may be there then
   * @returns `length` zeros of the given type
   */
  allocate(dtype: DType, length: number, contents?: "zeros" | "written over"): Storage;
}

/** Ordinary typed arrays, freed by the garbage collector. */
export const heapAllocator: Allocator = {
  allocate: (dtype, length) => {
    if (dtype !== "float32" && dtype !== "float64")
      reject("Tensor", 'the element type "float32" or "float64"', JSON.stringify(dtype));
    try {
      return new Storage(dtype === "float32" ? new Float32Array(length) : new Float64Array(length));
    } catch {
      const most = "a tensor that fits into memory";
      throw new MachineError(`Tensor: expected ${most}, got ${length} numbers in ${dtype}`);
    }
  },
};

/** The element type of existing memory. */
export function dtypeOf(data: Data): DType {
  return data instanceof Float32Array ? "float32" : "float64";
}
