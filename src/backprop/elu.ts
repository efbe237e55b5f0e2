/**
 * The ELU with α = 1: the exponential bends negative values towards −1. Derived in
 * `derivations/activations.md`. Any shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import { exp, expm1, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, timesSlope } from "./elementwise-layer.js";

const known = { name: "elu" } as const;

export interface EluCache {
  readonly x: Tensor;
}

/**
 * D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and Accurate Deep Network Learning by
 * Exponential Linear Units (ELUs)", 2015.
 *
 * @returns out, of x's shape
 */
export async function eluForward(
  x: Tensor,
  backend: Backend = reference,
): Promise<{ out: Tensor; cache: EluCache }> {
  // (activations.35) out = max(x, 0) + exp(min(x, 0)) − 1:
  //   no exponent above 0, so nothing overflows
  const f = (value: number): number => Math.max(value, 0) + expm1(Math.min(value, 0));
  return { out: await backend.activation(x, f, known), cache: { x } };
}

/** @returns dX, of x's shape */
export async function eluBackward(
  dOut: Tensor,
  { x }: EluCache,
  backend: Backend = reference,
): Promise<{ dX: Tensor }> {
  // (activations.38) f′(x) = exp(min(x, 0))
  const slope = (value: number): number => exp(Math.min(value, 0));
  return { dX: await timesSlope("eluBackward", dOut, x, slope, { backend, known }) };
}

/** An ELU between two layers. */
export class Elu extends ElementwiseLayer<EluCache> {
  constructor() {
    super("elu", eluForward, eluBackward);
  }
}
