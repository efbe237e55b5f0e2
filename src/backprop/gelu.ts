/**
 * The GELU: x times the probability that a normal number is smaller than x. Derived in
 * `derivations/activations.md`. Any shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import { erfc, exp, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, timesSlope } from "./elementwise-layer.js";

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

export interface GeluCache {
  readonly x: Tensor;
}

/**
 * D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units (GELUs)", 2016; the exact form, not the
 * one with tanh.
 *
 * @returns out, of x's shape
 */
export async function geluForward(
  x: Tensor,
  backend: Backend = reference,
): Promise<{ out: Tensor; cache: GeluCache }> {
  // (activations.32) out = x · Φ(x)
  const f = (value: number): number => value * probabilityBelow(value);
  return { out: await backend.activation(x, f, known), cache: { x } };
}

/** @returns dX, of x's shape */
export async function geluBackward(
  dOut: Tensor,
  { x }: GeluCache,
  backend: Backend = reference,
): Promise<{ dX: Tensor }> {
  // (activations.33) f′(x) = Φ(x) + x · φ(x)
  const slope = (value: number): number => probabilityBelow(value) + value * density(value);
  return { dX: await timesSlope("geluBackward", dOut, x, slope, { backend, known }) };
}

/** A GELU between two layers. */
export class Gelu extends ElementwiseLayer<GeluCache> {
  constructor() {
    super("gelu", geluForward, geluBackward);
  }
}
