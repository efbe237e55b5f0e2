/**
 * The sigmoid: any number becomes one between 0 and 1. Derived in `derivations/activations.md`. Any
 * shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import { exp, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, timesSlope } from "./elementwise-layer.js";
import type { ForwardResult, InputGradient } from "./layer.js";

const known = { name: "sigmoid" } as const;

/** `1 / (1 + e⁻ˣ)` of one number. */
export function sigmoid(x: number): number {
  // (activations.6) σ(x) = exp(min(x, 0)) / (1 + exp(−|x|)):
  //   no exponent above 0, so nothing overflows
  const e = exp(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

/** What {@link sigmoidBackward} needs of the forward pass. */
export interface SigmoidCache {
  /** The sigmoid of x: all that the slope depends on. */
  readonly p: Tensor;
}

/**
 * 1 / (1 + e⁻ˣ). Derived in `derivations/activations.md`, (activations.5).
 *
 * @param x any shape
 * @returns out, of x's shape, from 0 to 1
 */
export async function sigmoidForward(
  x: Tensor,
  backend: Backend = reference,
): Promise<ForwardResult<SigmoidCache>> {
  // (activations.5) out = σ(x)
  const p = await backend.activation(x, sigmoid, known);
  return { out: p, cache: { p } };
}

/**
 * The upstream gradient, times p · (1 − p) with p the sigmoid. Derived in
 * `derivations/activations.md`, (activations.9).
 *
 * @param dOut of x's shape
 * @returns dX, of x's shape
 * @throws InputError when dOut has another shape
 */
export async function sigmoidBackward(
  dOut: Tensor,
  { p }: SigmoidCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  // (activations.9) σ′(x) = p · (1 − p)
  const slope = (probability: number): number => probability * (1 - probability);
  return { dX: await timesSlope("sigmoidBackward", dOut, p, slope, { backend, known }) };
}

/** A sigmoid between two layers, of any shape. */
export class Sigmoid extends ElementwiseLayer<SigmoidCache> {
  /** It has no options. */
  constructor() {
    super("sigmoid", sigmoidForward, sigmoidBackward);
  }
}
