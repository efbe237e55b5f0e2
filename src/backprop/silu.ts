/**
 * The SiLU, also called swish: x times its sigmoid, a gate that x itself opens. Derived in
 * `derivations/activations.md`. Any shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import type { Tensor } from "../tensor/index.js";
import { ElementwiseLayer, type SlopeCache, timesKeptSlope } from "./elementwise-layer.js";
import type { ForwardResult, InputGradient } from "./layer.js";
import { sigmoid } from "./sigmoid.js";

const known = { name: "silu" } as const;

/** The slope of the SiLU at one number. */
export function siluSlope(x: number): number {
  const p = sigmoid(x);
  // (activations.24) f′(x) = p · (1 + x · (1 − p))
  return p * (1 + x * (1 - p));
}

/**
 * x times its sigmoid σ(x) (S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-Weighted Linear Units for
 * Neural Network Function Approximation in Reinforcement Learning", 2017). Derived in
 * `derivations/activations.md`, (activations.22).
 *
 * @param x any shape
 * @param wantsSlope whether a backward pass follows; the slope is computed here, where σ(x) is
 * @returns out, of x's shape
 */
export async function siluForward(
  x: Tensor,
  backend: Backend = reference,
  wantsSlope = true,
): Promise<ForwardResult<SlopeCache>> {
  // (activations.22) out = x · σ(x)
  const f = (value: number): number => value * sigmoid(value);
  const pair = { f, slope: siluSlope };
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
export async function siluBackward(
  dOut: Tensor,
  cache: SlopeCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  // (activations.4) dX = dOut ⊙ f′(x)
  return { dX: await timesKeptSlope("siluBackward", dOut, cache, backend) };
}

/** A SiLU between two layers, of any shape. */
export class Silu extends ElementwiseLayer<SlopeCache> {
  /** It has no options. */
  constructor() {
    super("silu", siluForward, siluBackward);
  }
}
