import { type Backend, reference } from "../kernels/index.js";
import { type Allocator, type DType, heapAllocator, type Random, Tensor } from "../tensor/index.js";
import type { Choices } from "./gradient-check/differentiable.js";

/** A tensor that training changes, and the gradient of the loss with respect to it. */
export class Parameter {
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
  readonly value: Tensor;
  readonly grad: Tensor;

  constructor(
    name: string,
    shape: readonly number[],
    fanIn: number,
    fanOut: number,
    { dtype = "float32", allocator = heapAllocator }: StorageOptions = {},
    start: number | null = null,
  ) {
    this.name = name;
    this.fanIn = fanIn;
    this.fanOut = fanOut;
    this.start = start;
    this.value = Tensor.full(shape, start ?? 0, dtype, allocator);
    this.grad = Tensor.zeros(shape, dtype, allocator);
  }

  /** (backpropagation.10) grad += gradient: a parameter that is used twice receives the sum. */
  async accumulate(gradient: Tensor, backend: Backend = reference): Promise<void> {
    await backend.accumulate(this.grad, gradient);
  }

  /** Sets the gradient to 0, before the next step. */
  zeroGrad(): void {
    this.grad.data.fill(0);
  }
}

/**
 * A tensor that belongs to a layer, and so into the files with its weights, but that no gradient
 * changes: a running average.
 */
export interface LayerBuffer {
  readonly name: string;
  readonly value: Tensor;
  /** What every entry starts from. */
  readonly start: number;
}

export function makeBuffer(
  name: string,
  shape: readonly number[],
  start: number,
  { dtype = "float32", allocator = heapAllocator }: StorageOptions = {},
): LayerBuffer {
  return { name, value: Tensor.full(shape, start, dtype, allocator), start };
}

/** Element type and memory of a layer's parameters. */
export interface StorageOptions {
  readonly dtype?: DType;
  readonly allocator?: Allocator;
}

/** What a forward pass is for, and what it runs on. */
export interface PassOptions {
  readonly backend: Backend;
  /** `true` keeps what backward will need; `false` is for evaluation. */
  readonly training: boolean;
  /**
   * Where layers that draw, such as dropout, draw from; each is handed a source split off by its
   * own name. Another one for every step, so that every step draws anew; the same one gives the
   * same pass again.
   */
  readonly random?: Random;
  /**
   * Is shown the output of every layer, by name; those inside a layer come before the layer itself.
   */
  readonly observe?: (name: string, out: Tensor) => void;
}

/** A layer where it stands, in a network or inside another layer. */
export interface NamedLayer {
  readonly name: string;
  readonly layer: Layer;
}

/**
 * One step of a network: remembers in `forward` what `backward` needs, and owns the parameters in
 * between.
 */
export interface Layer {
  /** The layer's type, for tables and messages: `conv2d`. */
  readonly kind: string;
  /** Its own, without those of layers inside it. */
  readonly parameters: readonly Parameter[];
  /**
   * What it keeps besides, from one forward pass in training to the next; left out by most layers.
   */
  readonly buffers?: readonly LayerBuffer[];
  /**
   * Layers inside this one, for those that are made of others: chains in their order, each of which
   * starts from this layer's input.
   */
  readonly branches?: readonly (readonly NamedLayer[])[];
  /**
   * The shape of `forward`'s result for an input of the given shape.
   *
   * @throws InputError if it does not fit
   */
  outputShape(inputShape: readonly number[]): number[];
  forward(x: Tensor, pass: PassOptions): Promise<Tensor>;
  /**
   * Adds the parameters' gradients to their `grad` and returns dX. The first layer of a network is
   * asked for no dX (`wantsDX` false), since nobody needs the gradient of an image, and returns
   * null.
   *
   * @throws Error without a forward pass in training mode before it
   */
  backward(dOut: Tensor, wantsDX?: boolean): Promise<Tensor | null>;
  /**
   * Which branches the last forward pass in training mode took, for the gradient check of a
   * network. A layer without this has no kinks.
   */
  choices?(): readonly Choices[];
}

/** What a layer remembers between forward and backward. */
export interface Remembered<Cache> {
  readonly cache: Cache;
  readonly backend: Backend;
}

/** @throws Error when backward was called before a forward pass in training mode */
export function recall<Cache>(
  kind: string,
  remembered: Remembered<Cache> | null,
): Remembered<Cache> {
  if (remembered === null)
    throw new Error(
      `${kind}.backward: expected a forward pass in training mode before it, got none`,
    );
  return remembered;
}
