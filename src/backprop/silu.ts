/**
 * The SiLU, also called swish: x times its sigmoid, a gate that x itself opens. Derived in
 * `derivations/activations.md`. Any shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import type { Tensor } from "../tensor/index.js";
import { ElementwiseLayer, timesSlope } from "./elementwise-layer.js";
import { sigmoid } from "./sigmoid.js";

const known = { name: "silu" } as const;

export interface SiluCache {
  readonly x: Tensor;
}

/**
 * S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-Weighted Linear Units for Neural Network Function
 * Approximation in Reinforcement Learning", 2017.
 *
 * @returns out, of x's shape
 */
export async function siluForward(
  x: Tensor,
  backend: Backend = reference,
): Promise<{ out: Tensor; cache: SiluCache }> {
  // (activations.22) out = x · σ(x)
  const f = (value: number): number => value * sigmoid(value);
  return { out: await backend.activation(x, f, known), cache: { x } };
}

/** @returns dX, of x's shape */
export async function siluBackward(
  dOut: Tensor,
  { x }: SiluCache,
  backend: Backend = reference,
): Promise<{ dX: Tensor }> {
  // (activations.24) f′(x) = p · (1 + x · (1 − p)), with p = σ(x)
  const slope = (value: number): number => {
    const p = sigmoid(value);
    return p * (1 + value * (1 - p));
  };
  return { dX: await timesSlope("siluBackward", dOut, x, slope, { backend, known }) };
}

/** A SiLU between two layers. */
export class Silu extends ElementwiseLayer<SiluCache> {
  constructor() {
    super("silu", siluForward, siluBackward);
  }
}
