/**
 * The GELU: x times the probability that a normal number is smaller than x. Derived in
 * `derivations/activations.md`. Any shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import { erfc, exp, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, type SlopeCache, timesKeptSlope } from "./elementwise-layer.js";
import type { ForwardResult, InputGradient } from "./layer.js";

const known = { name: "gelu" } as const;

/** Φ(x), the probability that a normally distributed number is smaller than x. */
function probabilityBelow(x: number): number {
  // (activations.30) Φ(x) = erfc(−x/√2) / 2:
  //   where Φ is small, 1 + erf would cancel all its digits, and erfc keeps them
  return erfc(-x * Math.SQRT1_2) / 2;
}

/** φ(x), the density of the normal distribution. */
function density(x: number): number {
  // (activations.25) φ(x) = exp(−x²/2) / √(2π):
  //   its exponent is never above 0, and one of −∞ gives 0
  return exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** The slope of the GELU at one number. */
export function geluSlope(x: number): number {
  // (activations.33) f′(x) = Φ(x) + x · φ(x)
  return probabilityBelow(x) + x * density(x);
}

/**
 * x times the probability Φ(x) that a normal number is smaller (D. Hendrycks and K. Gimpel,
 * "Gaussian Error Linear Units (GELUs)", 2016; the exact form, not the one with tanh). Derived in
 * `derivations/activations.md`, (activations.32).
 *
 * @param x any shape
 * @param wantsSlope whether a backward pass follows; the slope is computed here, where Φ(x) is
 * @returns out, of x's shape
 */
export async function geluForward(
  x: Tensor,
  backend: Backend = reference,
  wantsSlope = true,
): Promise<ForwardResult<SlopeCache>> {
  // (activations.32) out = x · Φ(x)
  const f = (value: number): number => value * probabilityBelow(value);
  const pair = { f, slope: geluSlope };
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
export async function geluBackward(
  dOut: Tensor,
  cache: SlopeCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  // (activations.4) dX = dOut ⊙ f′(x)
  return { dX: await timesKeptSlope("geluBackward", dOut, cache, backend) };
}

/** A GELU between two layers, of any shape. */
export class Gelu extends ElementwiseLayer<SlopeCache> {
  /** It has no options: the exact form, with erf. */
  constructor() {
    super("gelu", geluForward, geluBackward);
  }
}
