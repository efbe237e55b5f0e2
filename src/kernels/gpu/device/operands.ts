import { sizeOf, type Storage, type Tensor } from "../../../tensor/index.js";
import type { KernelCache } from "../kernel-cache.js";
import type { KernelLaunch } from "../kernel-calls.js";
import type { CallLimits } from "../product-calls.js";
import type { Handle } from "./handle.js";
import { type DeviceMemories, type DeviceMemory, memoryOf } from "./memory.js";

/** What kernels are started with. */
export type Operand = Tensor | Storage<Int32Array> | Handle;

/** A launch whose operands may still be on JavaScript's heap. */
export interface OperandLaunch extends Omit<KernelLaunch, "handles"> {
  readonly operands: readonly Operand[];
}

/** Starts kernels on tensors, wherever these are, and hands out what they leave. */
export class DeviceOperands {
  readonly memories: DeviceMemories;
  readonly #kernels: KernelCache;
  readonly #smallest: number;
  readonly #limits: CallLimits;
  /** What was copied to the device, and what it was then. */
  readonly #sent = new WeakMap<object, { memory: DeviceMemory; data: Float32Array }>();

  /** @param smallest how many multiplications bring operands to the device that are not there */
  constructor(
    kernels: KernelCache,
    memories: DeviceMemories,
    { smallest, limits }: { readonly smallest: number; readonly limits: CallLimits },
  ) {
    this.#kernels = kernels;
    this.memories = memories;
    this.#smallest = smallest;
    this.#limits = limits;
  }

  /**
   * Is this work for the device: part of a step, in float32, and on tensors in one piece that are
   * there already, or large?
   */
  takes(multiplications: number, ...tensors: readonly Tensor[]): boolean {
    return (
      this.memories.isInStep &&
      tensors.every((tensor) => this.suits(tensor)) &&
      (tensors.some((tensor) => this.isResident(tensor)) || multiplications >= this.#smallest)
    );
  }

  /** Can kernels read a tensor: float32, and in one piece if it is on the device? */
  suits(tensor: Tensor | null): boolean {
    if (tensor === null) return true;
    return tensor.dtype === "float32" && (tensor.isContiguous || !this.isHeld(tensor.storage));
  }

  /** Are a tensor's numbers on the device, the newest there are, and in one piece? */
  isResident(tensor: Tensor): boolean {
    return tensor.isContiguous && this.isHeld(tensor.storage);
  }

  isHeld(storage: Storage | Storage<Int32Array>): boolean {
    return (memoryOf(storage)?.handle ?? null) !== null;
  }

  /** Can kernels work on tensors of these sizes? */
  hasRoomFor(...sizes: readonly number[]): boolean {
    return sizes.every((size) => size > 0 && size <= this.#limits.entries);
  }

  /** Can so many threads be asked for along the axes of a kernel? */
  canSpan(...extents: readonly number[]): boolean {
    return extents.every((extent) => extent <= this.#limits.extent);
  }

  /** Starts a kernel. Operands that are on the heap are copied to the device first. */
  async launch({ operands, ...launch }: OperandLaunch): Promise<Handle> {
    const sent = new Map<Operand, Handle>();
    for (const operand of operands)
      if (handleOf(operand) === null) sent.set(operand, await this.#send(operand));
    // looked up when nothing is waited for any more, since memory may be replaced meanwhile
    const handles = operands.map((operand) => handleOf(operand) ?? sent.get(operand)!);
    return this.#kernels.launch({ ...launch, handles });
  }

  /** As {@link launch}, for a kernel whose threads compute an entry each. */
  entries(
    kernel: KernelLaunch["kernel"],
    length: number,
    operands: readonly Operand[],
    numbers: KernelLaunch["numbers"] = new Int32Array(1),
  ): Promise<Handle> {
    return this.launch({
      ...{ kernel, operands, numbers, each: 1 },
      ...{ output: [length], multiplications: length },
    });
  }

  /** A tensor of what a kernel's threads compute, an entry each. */
  async tensor(
    shape: readonly number[],
    kernel: KernelLaunch["kernel"],
    operands: readonly Operand[],
    numbers?: KernelLaunch["numbers"],
  ): Promise<Tensor> {
    const handle = await this.entries(kernel, sizeOf(shape), operands, numbers);
    return this.memories.tensor(shape, handle);
  }

  /** Copies numbers to the device that no tensor holds; to be released. */
  send(data: Float32Array): Promise<Handle> {
    return this.#kernels.send(data);
  }

  /** Copies numbers from the device, for the processor to compute on with. */
  fetch(handle: Handle): Promise<Float32Array> {
    return this.#kernels.fetch(handle);
  }

  /**
   * Copies numbers to the device, until the step that runs has ended. What a step sends twice, such
   * as its batch for the forward and the backward pass, travels once, unless it was written to
   * since: that is found out by comparing, which takes less time than the way.
   */
  async #send(operand: Operand): Promise<Handle> {
    if ("array" in operand) return operand;
    const storage = "storage" in operand ? operand.storage : operand;
    const data = numbersOf(operand);
    const known = this.#sent.get(storage);
    if (known?.memory.handle && isSame(known.data, data)) return known.memory.handle;
    const now = data.slice();
    const memory = this.memories.keep(await this.#kernels.send(now));
    this.#sent.set(storage, { memory, data: now });
    return memory.handle!;
  }

  /** As many zeros on the device, for kernels that ask for a bias. */
  zeros(length: number): Promise<Handle> {
    return this.#kernels.zeros(length);
  }

  share(handle: Handle): Handle {
    return this.#kernels.share(handle);
  }

  release(handle: Handle): void {
    this.#kernels.release(handle);
  }
}

function handleOf(operand: Operand): Handle | null {
  if ("array" in operand) return operand;
  return memoryOf("storage" in operand ? operand.storage : operand)?.handle ?? null;
}

/** To the bit, NaN included. */
function isSame(a: Float32Array, b: Float32Array): boolean {
  if (a.length !== b.length) return false;
  const [left, right] = [bitsOf(a), bitsOf(b)];
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}

/** What is on the heap, flat. */
function numbersOf(operand: Tensor | Storage<Int32Array>): Float32Array {
  return "storage" in operand
    ? (operand.contiguous().data as Float32Array)
    : Float32Array.from(operand.data);
}
