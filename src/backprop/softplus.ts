/**
 * Softplus: a rectifier with a round corner. Derived in `derivations/activations.md`. Any shape.
 */
import { exp, log1p, map, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, timesSlope } from "./elementwise-layer.js";
import { sigmoid } from "./sigmoid.js";

export interface SoftplusCache {
  readonly x: Tensor;
}

/**
 * C. Dugas and others, "Incorporating Second-Order Functional Knowledge for Better Option Pricing",
 * 2000.
 *
 * @returns out, of x's shape, above 0 (or 0, below the smallest number that there is)
 */
export async function softplusForward(x: Tensor): Promise<{ out: Tensor; cache: SoftplusCache }> {
  // (activations.20) out = max(x, 0) + log(1 + exp(−|x|)):
  //   no exponent above 0, so nothing overflows
  return {
    out: map(x, (value) => Math.max(value, 0) + log1p(exp(-Math.abs(value)))),
    cache: { x },
  };
}

/** @returns dX, of x's shape */
export async function softplusBackward(
  dOut: Tensor,
  { x }: SoftplusCache,
): Promise<{ dX: Tensor }> {
  // (activations.21) f′(x) = σ(x)
  return { dX: timesSlope("softplusBackward", dOut, x, sigmoid) };
}

/** A softplus between two layers. */
export class Softplus extends ElementwiseLayer<SoftplusCache> {
  constructor() {
    super("softplus", softplusForward, softplusBackward);
  }
}
