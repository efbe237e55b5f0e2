/**
 * What all layers share that apply one function to each entry alone, and have nothing to learn.
 * Derived in `derivations/activations.md`.
 */
import { formatShape, reject, sameShape, type Tensor, zip } from "../tensor/index.js";
import type { Choices } from "./choices.js";
import { TwoPassLayer } from "./layer.js";

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

/** A layer of one function, which is given with its derivative. */
export abstract class ElementwiseLayer<Cache extends object> extends TwoPassLayer<Cache> {
  readonly kind: string;
  override readonly differentiate: (dOut: Tensor, cache: Cache) => Promise<{ dX: Tensor }>;
  readonly #forward: (x: Tensor) => Promise<{ out: Tensor; cache: Cache }>;
  readonly #choices: ((cache: Cache) => readonly Choices[]) | null;

  /** @param choices left out by functions without corners */
  constructor(
    kind: string,
    forward: (x: Tensor) => Promise<{ out: Tensor; cache: Cache }>,
    backward: (dOut: Tensor, cache: Cache) => Promise<{ dX: Tensor }>,
    choices: ((cache: Cache) => readonly Choices[]) | null = null,
  ) {
    super();
    this.kind = kind;
    this.differentiate = backward;
    this.#forward = forward;
    this.#choices = choices;
  }

  override compute(x: Tensor) {
    return this.#forward(x);
  }

  override choices(cache: Cache): readonly Choices[] {
    return this.#choices?.(cache) ?? [];
  }
}
