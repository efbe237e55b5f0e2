/**
 * Softplus: a rectifier with a round corner. Derived in `derivations/activations.md`. Any shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import { exp, log1p, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, type SlopeCache, timesKeptSlope } from "./elementwise-layer.js";
import type { ForwardResult, InputGradient } from "./layer.js";
import { sigmoid } from "./sigmoid.js";

const known = { name: "softplus" } as const;

/** The slope of softplus at one number. */
export function softplusSlope(x: number): number {
  return sigmoid(x); // (activations.21) f′(x) = σ(x)
}

/**
 * log(1 + eˣ), a rectifier with a round corner (C. Dugas and others, "Incorporating Second-Order
 * Functional Knowledge for Better Option Pricing", 2000). Derived in `derivations/activations.md`,
 * (activations.20).
 *
 * @param x any shape
 * @param wantsSlope whether a backward pass follows; the slope is computed here, where exp(−|x|) is
 * @returns out, of x's shape, above 0 (or 0, below the smallest number that there is)
 */
export async function softplusForward(
  x: Tensor,
  backend: Backend = reference,
  wantsSlope = true,
): Promise<ForwardResult<SlopeCache>> {
  // (activations.20) out = max(x, 0) + log(1 + exp(−|x|)):
  //   no exponent above 0, so nothing overflows
  const f = (value: number): number => Math.max(value, 0) + log1p(exp(-Math.abs(value)));
  const pair = { f, slope: softplusSlope };
  const { out, slope } = await backend.activationWithSlope(x, pair, wantsSlope, known);
  return { out, cache: { slope } };
}

/**
 * The upstream gradient, times the slope that the forward pass kept. Derived in
 * `derivations/activations.md`, (activations.4).
 *
 * @param dOut of x's shape
 * @returns dX, of x's shape
 * @throws InputError when dOut has another shape, or the forward pass kept no slope
 */
export async function softplusBackward(
  dOut: Tensor,
  cache: SlopeCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  // (activations.4) dX = dOut ⊙ f′(x)
  return { dX: await timesKeptSlope("softplusBackward", dOut, cache, backend) };
}

/** A softplus between two layers, of any shape. */
export class Softplus extends ElementwiseLayer<SlopeCache> {
  /** It has no options. */
  constructor() {
    super("softplus", softplusForward, softplusBackward);
  }
}
