/**
 * What all layers share that apply one function to each entry alone, and have nothing to learn.
 * Derived in `derivations/activations.md`.
 */
import { formatShape, reject, sameShape, type Tensor, zip } from "../tensor/index.js";
import type { Choices } from "./gradient-check/differentiable.js";
import { type Layer, type PassOptions, recall, type Remembered } from "./layer.js";

/**
 * The upstream gradient, times the slope of the function at each entry.
 *
 * @param at what the slope is computed from, often x; of dOut's shape
 * @throws InputError when the shapes differ
 */
export function timesSlope(
  where: string,
  dOut: Tensor,
  at: Tensor,
  slope: (value: number) => number,
): Tensor {
  if (!sameShape(dOut.shape, at.shape))
    reject(where, `dOut of shape ${formatShape(at.shape)}`, formatShape(dOut.shape));
  // (activations.4) dX = dOut ⊙ f′(x)
  return zip(dOut, at, (upstream, value) => upstream * slope(value), where);
}

/** Remembers the cache between the passes, as `Relu` does. */
export abstract class ElementwiseLayer<Cache> implements Layer {
  readonly kind: string;
  readonly parameters = [];
  readonly #forward: (x: Tensor) => Promise<{ out: Tensor; cache: Cache }>;
  readonly #backward: (dOut: Tensor, cache: Cache) => Promise<{ dX: Tensor }>;
  readonly #choices: (cache: Cache) => readonly Choices[];
  #remembered: Remembered<Cache> | null = null;

  /** @param choices left out by functions without corners */
  constructor(
    kind: string,
    forward: (x: Tensor) => Promise<{ out: Tensor; cache: Cache }>,
    backward: (dOut: Tensor, cache: Cache) => Promise<{ dX: Tensor }>,
    choices: (cache: Cache) => readonly Choices[] = () => [],
  ) {
    this.kind = kind;
    this.#forward = forward;
    this.#backward = backward;
    this.#choices = choices;
  }

  outputShape(inputShape: readonly number[]): number[] {
    return [...inputShape];
  }

  async forward(x: Tensor, { backend, training }: PassOptions): Promise<Tensor> {
    const { out, cache } = await this.#forward(x);
    this.#remembered = training ? { cache, backend } : null;
    return out;
  }

  async backward(dOut: Tensor): Promise<Tensor> {
    const { cache } = recall(this.kind, this.#remembered);
    this.#remembered = null;
    return (await this.#backward(dOut, cache)).dX;
  }

  choices(): readonly Choices[] {
    return this.#choices(recall(this.kind, this.#remembered).cache);
  }
}
