/**
 * The hyperbolic tangent: any number becomes one between −1 and 1. Derived in
 * `derivations/activations.md`. Any shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import { tanh, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, timesSlope } from "./elementwise-layer.js";

const known = { name: "tanh" } as const;

export interface TanhCache {
  /** The hyperbolic tangent of x: all that the slope depends on. */
  readonly t: Tensor;
}

/** @returns out, of x's shape, from −1 to 1 */
export async function tanhForward(
  x: Tensor,
  backend: Backend = reference,
): Promise<{ out: Tensor; cache: TanhCache }> {
  // (activations.12) out = tanh x
  const t = await backend.activation(x, tanh, known);
  return { out: t, cache: { t } };
}

/** @returns dX, of x's shape */
export async function tanhBackward(
  dOut: Tensor,
  { t }: TanhCache,
  backend: Backend = reference,
): Promise<{ dX: Tensor }> {
  // (activations.15) tanh′ x = 1 − t²
  const slope = (value: number): number => 1 - value * value;
  return { dX: await timesSlope("tanhBackward", dOut, t, slope, { backend, known }) };
}

/** A hyperbolic tangent between two layers. */
export class Tanh extends ElementwiseLayer<TanhCache> {
  constructor() {
    super("tanh", tanhForward, tanhBackward);
  }
}
