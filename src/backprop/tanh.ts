/**
 * The hyperbolic tangent: any number becomes one between −1 and 1. Derived in
 * `derivations/activations.md`. Any shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import { tanh, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, timesSlope } from "./elementwise-layer.js";
import type { ForwardResult, InputGradient } from "./layer.js";

const known = { name: "tanh" } as const;

/** What {@link tanhBackward} needs of the forward pass. */
export interface TanhCache {
  /** The hyperbolic tangent of x: all that the slope depends on. */
  readonly t: Tensor;
}

/**
 * (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ). Derived in `derivations/activations.md`, (activations.12).
 *
 * @param x any shape
 * @returns out, of x's shape, from −1 to 1
 */
export async function tanhForward(
  x: Tensor,
  backend: Backend = reference,
): Promise<ForwardResult<TanhCache>> {
  // (activations.12) out = tanh x
  const t = await backend.activation(x, tanh, known);
  return { out: t, cache: { t } };
}

/**
 * The upstream gradient, times 1 − t² with t the hyperbolic tangent. Derived in
 * `derivations/activations.md`, (activations.15).
 *
 * @param dOut of x's shape
 * @returns dX, of x's shape
 * @throws InputError when dOut has another shape
 */
export async function tanhBackward(
  dOut: Tensor,
  { t }: TanhCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  // (activations.15) tanh′ x = 1 − t²
  const slope = (value: number): number => 1 - value * value;
  return { dX: await timesSlope("tanhBackward", dOut, t, slope, { backend, known }) };
}

/** A hyperbolic tangent between two layers, of any shape. */
export class Tanh extends ElementwiseLayer<TanhCache> {
  /** It has no options. */
  constructor() {
    super("tanh", tanhForward, tanhBackward);
  }
}
