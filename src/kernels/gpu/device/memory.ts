import {
  type Allocator,
  type Elsewhere,
  heapAllocator,
  InputError,
  Lifetime,
  reject,
  sizeOf,
  Storage,
  Tensor,
} from "../../../tensor/index.js";
import { copiedOut } from "../../step.js";
import type { KernelCache } from "../kernel-cache.js";
import type { Handle } from "./handle.js";

/** What becomes of the memory of a step; see {@link Lifetime.end}. */
const STEP_HAS_ENDED =
  "that of a step that has ended; return the tensor from `step`, which copies it out, or clone it";

/** Numbers that are on the device, on the heap, on both, or all the same. */
type Numbers = Float32Array | Int32Array;

/**
 * Numbers of a tensor, or the winners of a max pooling, which a device counts in float32 too. The
 * newest are on the device, on JavaScript's heap or on both; or all are the same, and nowhere yet.
 *
 * Once a program has the array, it may write there at any time. So the heap's numbers count as the
 * newest from then on, until a kernel writes others.
 */
export class DeviceMemory<D extends Numbers = Float32Array> implements Elsewhere<D> {
  readonly dtype: Elsewhere<D>["dtype"];
  readonly length: number;
  readonly #release: (handle: Handle) => void;
  #handle: Handle | null = null;
  #heap: D | null = null;
  #everywhere = 0;
  #isLost = false;

  constructor(dtype: Elsewhere<D>["dtype"], length: number, release: (handle: Handle) => void) {
    this.dtype = dtype;
    this.length = length;
    this.#release = release;
  }

  /** Where the numbers are on the device; null where they are not, or may have been changed. */
  get handle(): Handle | null {
    return this.#handle;
  }

  /** What all numbers are, where nothing but that is known; else null. */
  get everywhere(): number | null {
    return this.#handle === null && this.#heap === null ? this.#everywhere : null;
  }

  /** Takes over what a kernel has written in place of all that was there. */
  replace(handle: Handle): void {
    if (this.#isLost) return this.#release(handle); // a kernel that ran on
    this.release();
    this.#handle = handle;
  }

  /** Takes a copy of what is on the device, which stays there. */
  bring(data: Float32Array): void {
    this.#heap = (this.dtype === "int32" ? Int32Array.from(data) : data) as D;
  }

  /** Are the numbers on the device, and nowhere else? */
  get isFar(): boolean {
    return this.#handle !== null && this.#heap === null;
  }

  here(): D {
    if (this.#isLost && this.#heap === null)
      throw new InputError(
        "Tensor.data: expected numbers that are still there, got those of a backend that was " +
          "disposed of; await backend.read(tensor) before",
      );
    if (this.#heap === null && this.#handle !== null)
      throw new InputError(
        "Tensor.data: expected numbers that are here, got some on the graphics card; " +
          "await backend.read(tensor) first",
      );
    this.#heap ??= (
      this.dtype === "int32" ? new Int32Array(this.length) : new Float32Array(this.length)
    ).fill(this.#everywhere) as D;
    if (this.#handle !== null) this.#release(this.#handle);
    this.#handle = null;
    return this.#heap;
  }

  fill(value: number): void {
    this.release();
    this.#everywhere = value;
  }

  /** Gives back what is on the device, for good. What was copied here stays. */
  lose(): void {
    if (this.#handle !== null) this.#release(this.#handle);
    this.#handle = null;
    this.#isLost = true;
  }

  /** Gives back what is on the device, and forgets what was on the heap. */
  release(): void {
    if (this.#handle !== null) this.#release(this.#handle);
    this.#handle = null;
    this.#heap = null;
    this.#everywhere = 0;
  }
}

interface Step {
  readonly lifetime: Lifetime;
  readonly memories: DeviceMemory<Numbers>[];
}

/**
 * The memory of a device: results of the step that runs, which come and go together, and what
 * outlasts steps, until it is disposed of. Outside a step results live on JavaScript's heap.
 */
export class DeviceMemories {
  readonly #kernels: KernelCache;
  /** The steps that run, the innermost last. */
  readonly #steps: Step[] = [];
  readonly #lasting = new Set<DeviceMemory>();
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(kernels: KernelCache) {
    this.#kernels = kernels;
  }

  get isInStep(): boolean {
    return this.#steps.length > 0;
  }

  /** Has the step that runs left results on the device? */
  get hasResults(): boolean {
    return (this.#steps.at(-1)?.memories.length ?? 0) > 0;
  }

  /** Zeros that stay until they are disposed of, whatever step they were made in. */
  readonly persistent: Allocator = {
    allocate: (dtype, length) => {
      if (dtype === "float64") return heapAllocator.allocate(dtype, length);
      const memory = this.#memory<Float32Array>("float32", length);
      this.#lasting.add(memory);
      return new Storage(memory, new Lifetime(), () => {
        this.#lasting.delete(memory);
        memory.lose();
      });
    },
  };

  /** Runs what changes a tensor in place, after all that was asked for before. */
  inOrder<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#lastChange.then(change);
    this.#lastChange = done.catch(() => {});
    return done;
  }

  /** A tensor of what a kernel has computed: of the step that runs, or, outside, on the heap. */
  async tensor(shape: readonly number[], handle: Handle): Promise<Tensor> {
    return Tensor.over(await this.#storage<Float32Array>("float32", sizeOf(shape), handle), shape);
  }

  /** The same for the winners of a max pooling. */
  winners(length: number, handle: Handle): Promise<Storage<Int32Array>> {
    return this.#storage<Int32Array>("int32", length, handle);
  }

  /** Keeps numbers on the device until the step that runs has ended. */
  keep(handle: Handle): DeviceMemory {
    const step = this.#steps.at(-1);
    if (step === undefined) {
      this.#kernels.release(handle);
      return reject("step", "operations that are awaited before it ends", "one that runs on");
    }
    const memory = this.#memory<Float32Array>("float32", handle.length);
    memory.replace(handle);
    step.memories.push(memory);
    return memory;
  }

  /** Copies what is on the device to where programs can look at it. */
  async read(storage: Storage | Storage<Int32Array>): Promise<void> {
    const memory = memoryOf(storage);
    // again, if a kernel has written others meanwhile
    while (memory?.isFar === true) {
      const handle = memory.handle!;
      const data = await this.#kernels.fetch(handle);
      if (memory.handle === handle) memory.bring(data.subarray(0, memory.length));
    }
  }

  /** See {@link Backend.step}. */
  async step<T>(run: () => T | Promise<T>): Promise<T> {
    const step: Step = { lifetime: new Lifetime(), memories: [] };
    this.#steps.push(step);
    try {
      const result = await run();
      const ending = this.#steps.slice(this.#from(step)).map(({ lifetime }) => lifetime);
      const isEnding = (lifetime: Lifetime | null): boolean =>
        lifetime !== null && ending.includes(lifetime);
      for (const { storage } of tensorsIn(result))
        if (isEnding(storage.lifetime)) await this.read(storage);
      return copiedOut(result, isEnding);
    } finally {
      this.#end(step);
    }
  }

  /** Gives back all there is. */
  dispose(): void {
    for (const memory of this.#lasting) memory.lose();
  }

  /** Ends a step, and with it those that began in it and run on. */
  #end(step: Step): void {
    for (const { lifetime, memories } of this.#steps.splice(this.#from(step))) {
      lifetime.end(STEP_HAS_ENDED);
      for (const memory of memories) memory.release();
    }
  }

  /** Where a step is among those that run; behind the last one if it has ended. */
  #from(step: Step): number {
    const at = this.#steps.indexOf(step);
    return at < 0 ? this.#steps.length : at;
  }

  async #storage<D extends Numbers>(
    dtype: Elsewhere<D>["dtype"],
    length: number,
    handle: Handle,
  ): Promise<Storage<D>> {
    const step = this.#steps.at(-1);
    const memory = this.#memory<D>(dtype, length);
    memory.replace(handle);
    if (step !== undefined) {
      step.memories.push(memory);
      return new Storage<D>(memory, step.lifetime);
    }
    const storage = new Storage<D>(memory);
    await this.read(storage as Storage);
    return new Storage<D>(memory.here());
  }

  #memory<D extends Numbers>(dtype: Elsewhere<D>["dtype"], length: number): DeviceMemory<D> {
    return new DeviceMemory<D>(dtype, length, (handle) => this.#kernels.release(handle));
  }
}

/** The memory on the device behind a tensor's; null for one that has none. */
export function memoryOf(storage: Storage | Storage<Int32Array>): DeviceMemory<Numbers> | null {
  return storage.elsewhere instanceof DeviceMemory ? storage.elsewhere : null;
}

/** The tensors of a result, also those inside plain arrays and objects. */
function tensorsIn(value: unknown, known = new Set<unknown>()): Tensor[] {
  if (typeof value !== "object" || value === null || known.has(value)) return [];
  known.add(value);
  if (value instanceof Tensor) return [value];
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
  return isPlain ? Object.values(value).flatMap((part) => tensorsIn(part, known)) : [];
}
