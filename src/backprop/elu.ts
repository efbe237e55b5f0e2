/**
 * The ELU with α = 1: the exponential bends negative values towards −1. Derived in
 * `derivations/activations.md`. Any shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import { exp, expm1, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, timesSlope } from "./elementwise-layer.js";
import type { ForwardResult, InputGradient } from "./layer.js";

const known = { name: "elu" } as const;

/** What {@link eluBackward} needs of the forward pass. */
export interface EluCache {
  /** Any shape. */
  readonly x: Tensor;
}

/**
 * x where it is positive, else eˣ − 1 (D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and
 * Accurate Deep Network Learning by Exponential Linear Units (ELUs)", 2015; α = 1). Derived in
 * `derivations/activations.md`, (activations.35).
 *
 * @param x any shape
 * @returns out, of x's shape
 */
export async function eluForward(
  x: Tensor,
  backend: Backend = reference,
): Promise<ForwardResult<EluCache>> {
  // (activations.35) out = max(x, 0) + exp(min(x, 0)) − 1:
  //   no exponent above 0, so nothing overflows
  const f = (value: number): number => Math.max(value, 0) + expm1(Math.min(value, 0));
  return { out: await backend.activation(x, f, known), cache: { x } };
}

/**
 * The upstream gradient, times 1 where x is positive, else eˣ. Derived in
 * `derivations/activations.md`, (activations.38).
 *
 * @param dOut of x's shape
 * @returns dX, of x's shape
 * @throws InputError when dOut has another shape
 */
export async function eluBackward(
  dOut: Tensor,
  { x }: EluCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  // (activations.38) f′(x) = exp(min(x, 0))
  const slope = (value: number): number => exp(Math.min(value, 0));
  return { dX: await timesSlope("eluBackward", dOut, x, slope, { backend, known }) };
}

/** An ELU between two layers, of any shape. */
export class Elu extends ElementwiseLayer<EluCache> {
  /** It has no options: α is 1. */
  constructor() {
    super("elu", eluForward, eluBackward);
  }
}
