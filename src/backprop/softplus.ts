/**
 * Softplus: a rectifier with a round corner. Derived in `derivations/activations.md`. Any shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import { exp, log1p, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, timesSlope } from "./elementwise-layer.js";
import { sigmoid } from "./sigmoid.js";

const known = { name: "softplus" } as const;

export interface SoftplusCache {
  readonly x: Tensor;
}

/**
 * C. Dugas and others, "Incorporating Second-Order Functional Knowledge for Better Option Pricing",
 * 2000.
 *
 * @returns out, of x's shape, above 0 (or 0, below the smallest number that there is)
 */
export async function softplusForward(
  x: Tensor,
  backend: Backend = reference,
): Promise<{ out: Tensor; cache: SoftplusCache }> {
  // (activations.20) out = max(x, 0) + log(1 + exp(−|x|)):
  //   no exponent above 0, so nothing overflows
  const f = (value: number): number => Math.max(value, 0) + log1p(exp(-Math.abs(value)));
  return { out: await backend.activation(x, f, known), cache: { x } };
}

/** @returns dX, of x's shape */
export async function softplusBackward(
  dOut: Tensor,
  { x }: SoftplusCache,
  backend: Backend = reference,
): Promise<{ dX: Tensor }> {
  // (activations.21) f′(x) = σ(x)
  return { dX: await timesSlope("softplusBackward", dOut, x, sigmoid, { backend, known }) };
}

/** A softplus between two layers. */
export class Softplus extends ElementwiseLayer<SoftplusCache> {
  constructor() {
    super("softplus", softplusForward, softplusBackward);
  }
}
