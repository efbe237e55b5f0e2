/**
 * What all layers share that apply one function to each entry alone, and have nothing to learn.
 * Derived in `derivations/activations.md`.
 */
import type { Backend, KnownActivation } from "../kernels/index.js";
import { reject, type Tensor } from "../tensor/index.js";
import type { Choices } from "./choices.js";
import {
  checkDOut,
  type ForwardResult,
  type InputGradient,
  type PassOptions,
  TwoPassLayer,
} from "./layer.js";

/** What a function runs on; `known` is left out where no backend has a kernel for it. */
export interface On {
  /** What calls the function for each entry. */
  readonly backend: Backend;
  /** By which name the backend may have a kernel for it. */
  readonly known?: KnownActivation;
}

/**
 * The upstream gradient, times the slope of the function at each entry.
 *
 * @param at what the slope is computed from, often x; of dOut's shape
 * @throws InputError when the shapes differ
 */
export async function timesSlope(
  where: string,
  dOut: Tensor,
  at: Tensor,
  slope: (value: number) => number,
  { backend, known }: On,
): Promise<Tensor> {
  checkDOut(where, dOut, at.shape);
  // (activations.4) dX = dOut ⊙ f′(x)
  return backend.activationBackward(dOut, at, slope, known);
}

/** What a function keeps whose slope is computed along with it. */
export interface SlopeCache {
  /** f′(x), of x's shape; null if it was not wanted. */
  readonly slope: Tensor | null;
}

/**
 * The upstream gradient, times the slope that the forward pass kept.
 *
 * @throws InputError when the shapes differ, or no slope was kept
 */
export async function timesKeptSlope(
  where: string,
  dOut: Tensor,
  { slope }: SlopeCache,
  backend: Backend,
): Promise<Tensor> {
  if (slope === null) return reject(where, "a forward pass that kept its slope", "one without");
  checkDOut(where, dOut, slope.shape);
  return backend.multiply(dOut, slope);
}

/** `wantsSlope` is for those alone that keep their slope. */
type Forward<Cache> = (
  x: Tensor,
  backend: Backend,
  wantsSlope: boolean,
) => Promise<ForwardResult<Cache>>;
/** The gradient of such a function by x, from what its forward pass kept. */
export type ElementwiseBackward<Cache> = (
  dOut: Tensor,
  cache: Cache,
  backend: Backend,
) => Promise<InputGradient>;

/** A layer of one function, which is given with its derivative. */
export abstract class ElementwiseLayer<Cache extends object> extends TwoPassLayer<Cache> {
  /** See {@link Layer.kind}. */
  readonly kind: string;
  override readonly differentiate: ElementwiseBackward<Cache>;
  readonly #forward: Forward<Cache>;
  readonly #choices: ((cache: Cache) => readonly Choices[]) | null;

  /** @param choices left out by functions without corners */
  constructor(
    kind: string,
    forward: Forward<Cache>,
    backward: ElementwiseBackward<Cache>,
    choices: ((cache: Cache) => readonly Choices[]) | null = null,
  ) {
    super();
    this.kind = kind;
    this.differentiate = backward;
    this.#forward = forward;
    this.#choices = choices;
  }

  override compute(x: Tensor, { backend, record = true }: PassOptions) {
    return this.#forward(x, backend, record);
  }

  override choices(cache: Cache): readonly Choices[] {
    return this.#choices?.(cache) ?? [];
  }
}
