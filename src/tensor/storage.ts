import { InputError, MachineError, reject } from "./errors.js";

/** Element type: `float32` for training, `float64` for gradient checks and recorded numbers. */
export type DType = "float32" | "float64";

/** The flat memory behind a tensor. */
export type Data = Float32Array | Float64Array;

/** How long some memory may be looked at: until somebody ends it, and says why. */
export class Lifetime {
  #ended: string | null = null;

  /** Whether the memory is gone: {@link check} throws from then on. */
  get hasEnded(): boolean {
    return this.#ended !== null;
  }

  /**
   * Ends it. The first reason is the one that is told.
   *
   * @param why completes "expected memory that is still there, got one …"
   */
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
 * Memory whose numbers may lie where no program can look, such as on a graphics card. A backend
 * brings them here, see `Backend.read`.
 */
export interface Elsewhere<D extends Data | Int32Array = Data> {
  /** Element type; "int32" for positions, such as the winners of a max pooling. */
  readonly dtype: D extends Data ? DType : "int32";
  /** How many numbers there are. */
  readonly length: number;
  /**
   * The numbers. They may be changed by whoever has them, and then count as the newest there are.
   *
   * @throws InputError when the newest are elsewhere
   */
  here(): D;
  /** Are the newest elsewhere, so that {@link here} would refuse? */
  readonly isFar: boolean;
  /** Sets all of them, wherever they are. */
  fill(value: number): void;
}

/**
 * Flat memory with what belongs to it: a version, which counts changes in place, and a lifetime.
 * All tensors that look at the memory share it, and so see the same version and the same end.
 */
export class Storage<D extends Data | Int32Array = Data> {
  /** One of the two is null. */
  readonly #here: D | null;
  readonly #elsewhere: Elsewhere<D> | null;
  /** Element type; "int32" for positions, such as the winners of a max pooling. */
  readonly dtype: D extends Data ? DType : "int32";
  /** How many numbers there are. */
  readonly length: number;
  /** Null for memory on JavaScript's heap, which lives as long as something refers to it. */
  readonly lifetime: Lifetime | null;
  readonly #free: (() => void) | null;
  #version = 0;

  /**
   * Over memory that is there already; nothing is copied.
   *
   * @param data the numbers, or what keeps them elsewhere
   * @param lifetime ends before the memory is used for something else
   * @param free gives the memory back, once it is disposed of
   */
  constructor(
    data: D | Elsewhere<D>,
    lifetime: Lifetime | null = null,
    free: (() => void) | null = null,
  ) {
    const isHere = !("here" in data);
    this.#here = isHere ? data : null;
    this.#elsewhere = isHere ? null : data;
    this.dtype = (isHere ? dtypeOf(data) : data.dtype) as typeof this.dtype;
    this.length = data.length;
    this.lifetime = lifetime;
    this.#free = free;
  }

  /**
   * @throws InputError when the memory belongs to something else by now, or its numbers are
   *   elsewhere
   */
  get data(): D {
    this.checkLifetime();
    return this.#here ?? this.#elsewhere!.here();
  }

  /** Can programs look at the numbers now? @throws InputError when the memory is gone */
  get isHere(): boolean {
    this.checkLifetime();
    return this.#elsewhere?.isFar !== true;
  }

  /**
   * What keeps the numbers where no program can look; null where they are simply here.
   *
   * @throws InputError when the memory is gone
   */
  get elsewhere(): Elsewhere<D> | null {
    this.checkLifetime();
    return this.#elsewhere;
  }

  /** @throws InputError when the memory belongs to something else by now */
  checkLifetime(): void {
    if (this.lifetime?.hasEnded === true) this.lifetime.check("Tensor.data");
  }

  /** Sets all numbers, and counts that as a change. @throws InputError when the memory is gone */
  fill(value: number): void {
    this.checkLifetime();
    (this.#here ?? this.#elsewhere!).fill(value);
    this.touch();
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
    const [a, b] = [this.#here, other.#here];
    if (a === null || b === null)
      return this.#elsewhere !== null && (this.#elsewhere as unknown) === other.#elsewhere;
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
   * Memory for `length` numbers.
   *
   * @param contents "zeros" if left out; "written over" where the caller writes all of them:
   *   anything may be there then
   * @returns `length` numbers of the given type
   * @throws MachineError when there is not that much memory
   */
  allocate(dtype: DType, length: number, contents?: "zeros" | "written over"): Storage;
}

/**
 * Ordinary typed arrays, freed by the garbage collector.
 *
 * @throws InputError from `allocate`, for an element type that is neither float32 nor float64
 */
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
export function dtypeOf(data: Data): DType;
export function dtypeOf(data: Data | Int32Array): DType | "int32";
export function dtypeOf(data: Data | Int32Array): DType | "int32" {
  if (data instanceof Int32Array) return "int32";
  return data instanceof Float32Array ? "float32" : "float64";
}
