/**
 * The ELU with α = 1: the exponential bends negative values towards −1. Derived in
 * `derivations/activations.md`. Any shape.
 */
import { exp, expm1, map, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, timesSlope } from "./elementwise-layer.js";

export interface EluCache {
  readonly x: Tensor;
}

/**
 * D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and Accurate Deep Network Learning by
 * Exponential Linear Units (ELUs)", 2015.
 *
 * @returns out, of x's shape
 */
export async function eluForward(x: Tensor): Promise<{ out: Tensor; cache: EluCache }> {
  // (activations.35) out = max(x, 0) + exp(min(x, 0)) − 1:
  //   no exponent above 0, so nothing overflows
  return { out: map(x, (value) => Math.max(value, 0) + expm1(Math.min(value, 0))), cache: { x } };
}

/** @returns dX, of x's shape */
export async function eluBackward(dOut: Tensor, { x }: EluCache): Promise<{ dX: Tensor }> {
  // (activations.38) f′(x) = exp(min(x, 0))
  return { dX: timesSlope("eluBackward", dOut, x, (value) => exp(Math.min(value, 0))) };
}

/** An ELU between two layers. */
export class Elu extends ElementwiseLayer<EluCache> {
  constructor() {
    super("elu", eluForward, eluBackward);
  }
}
