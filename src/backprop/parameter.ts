import { type Backend, reference } from "../kernels/index.js";
import {
  type Allocator,
  checkOptions,
  type DType,
  heapAllocator,
  oneOf,
  type Rules,
  Tensor,
} from "../tensor/index.js";

/** Element type and memory of a layer's parameters. */
export interface StorageOptions {
  /** float32 if left out; float64 for a gradient check. */
  readonly dtype?: DType;
  /**
   * Where they live: a backend's `persistent` for one that is to train fast; JavaScript's heap if
   * left out.
   */
  readonly allocator?: Allocator;
}

const storageRules: Rules<StorageOptions> = {
  dtype: oneOf(["float32", "float64"]),
  allocator: {
    expected: "where memory comes from, such as a backend's `persistent`",
    accepts: (value) => typeof (value as Allocator | null)?.allocate === "function",
  },
};

/** A tensor that training changes, and the gradient of the loss with respect to it. */
export class Parameter {
  /** Unique in its layer, such as `weight`; its gradient is called `dWeight` then. */
  readonly name: string;
  /** How many inputs one output adds up; initialisers scale with it. */
  readonly fanIn: number;
  /** How many outputs one input feeds. */
  readonly fanOut: number;
  /**
   * What every entry starts from, such as the 1 of a normalisation's weight; `null` leaves it to an
   * initialiser.
   */
  readonly start: number | null;
  /** The numbers: {@link start}, or 0 until an initialiser has set them. */
  readonly value: Tensor;
  /** The sum of what backward passes have added since {@link zeroGrad}, of the value's shape. */
  readonly grad: Tensor;
  readonly #allocator: Allocator;
  readonly #companions = new Set<Tensor>();

  /**
   * Allocates value and gradient.
   *
   * @throws InputError as `Tensor.zeros`, and when an option of the storage is unknown or wrong
   */
  constructor(
    name: string,
    shape: readonly number[],
    fanIn: number,
    fanOut: number,
    storage: StorageOptions = {},
    start: number | null = null,
  ) {
    const checked = checkOptions("storage of a parameter", storage, storageRules);
    const { dtype = "float32", allocator = heapAllocator } = checked;
    this.name = name;
    this.fanIn = fanIn;
    this.fanOut = fanOut;
    this.start = start;
    this.value = Tensor.full(shape, start ?? 0, dtype, allocator);
    this.grad = Tensor.zeros(shape, dtype, allocator);
    this.#allocator = allocator;
  }

  /** (backpropagation.10) grad += gradient: a parameter that is used twice receives the sum. */
  async accumulate(gradient: Tensor, backend: Backend = reference): Promise<void> {
    await backend.accumulate(this.grad, gradient);
  }

  /** Sets the gradient to 0, before the next step. */
  zeroGrad(): void {
    this.grad.fill(0);
  }

  /**
   * Zeros of the same shape that live with the parameter, and are disposed of with it: what an
   * optimizer keeps for it.
   */
  companion(): Tensor {
    const { shape, dtype } = this.value;
    const companion = Tensor.zeros(shape, dtype, this.#allocator);
    this.#companions.add(companion);
    return companion;
  }

  /** Gives the memory of a companion back, before the parameter's own. */
  release(companion: Tensor): void {
    if (this.#companions.delete(companion)) companion.storage.dispose();
  }

  /** Gives its memory back, where that is a backend's. It cannot be used from then on. */
  dispose(): void {
    for (const tensor of [this.value, this.grad, ...this.#companions]) tensor.storage.dispose();
  }
}

/**
 * A tensor that belongs to a layer, and so into the files with its weights, but that no gradient
 * changes: a running average.
 */
export interface LayerBuffer {
  /** Unique in its layer, such as `runningMean`. */
  readonly name: string;
  /** The numbers, which forward passes in training change in place. */
  readonly value: Tensor;
  /** What every entry starts from. */
  readonly start: number;
}

/** A buffer whose every entry is `start`. @throws InputError as `Tensor.full` */
export function makeBuffer(
  name: string,
  shape: readonly number[],
  start: number,
  { dtype = "float32", allocator = heapAllocator }: StorageOptions = {},
): LayerBuffer {
  return { name, value: Tensor.full(shape, start, dtype, allocator), start };
}
