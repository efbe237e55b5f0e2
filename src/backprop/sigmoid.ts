/**
 * The sigmoid: any number becomes one between 0 and 1. Derived in `derivations/activations.md`. Any
 * shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import { exp, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, timesSlope } from "./elementwise-layer.js";

const known = { name: "sigmoid" } as const;

/** `1 / (1 + e⁻ˣ)` of one number. */
export function sigmoid(x: number): number {
  // (activations.6) σ(x) = exp(min(x, 0)) / (1 + exp(−|x|)):
  //   no exponent above 0, so nothing overflows
  const e = exp(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

export interface SigmoidCache {
  /** The sigmoid of x: all that the slope depends on. */
  readonly p: Tensor;
}

/** @returns out, of x's shape, from 0 to 1 */
export async function sigmoidForward(
  x: Tensor,
  backend: Backend = reference,
): Promise<{ out: Tensor; cache: SigmoidCache }> {
  // (activations.5) out = σ(x)
  const p = await backend.activation(x, sigmoid, known);
  return { out: p, cache: { p } };
}

/** @returns dX, of x's shape */
export async function sigmoidBackward(
  dOut: Tensor,
  { p }: SigmoidCache,
  backend: Backend = reference,
): Promise<{ dX: Tensor }> {
  // (activations.9) σ′(x) = p · (1 − p)
  const slope = (probability: number): number => probability * (1 - probability);
  return { dX: await timesSlope("sigmoidBackward", dOut, p, slope, { backend, known }) };
}

/** A sigmoid between two layers. */
export class Sigmoid extends ElementwiseLayer<SigmoidCache> {
  constructor() {
    super("sigmoid", sigmoidForward, sigmoidBackward);
  }
}
