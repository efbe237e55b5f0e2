/**
 * The leaky rectifier: negative values become small instead of 0. Derived in
 * `derivations/activations.md`. Any shape.
 */
import { type Backend, reference } from "../kernels/index.js";
import { checkOptions, finite, type Rules, type Tensor } from "../tensor/index.js";
import { ElementwiseLayer, timesSlope } from "./elementwise-layer.js";
import type { ForwardResult, InputGradient } from "./layer.js";
import { signsOf } from "./choices.js";

/** How much of negative values stays. */
export interface LeakyReluOptions {
  /** The slope for x ≤ 0, any finite number; 0.01 if left out. */
  readonly negativeSlope?: number;
}

/** What {@link leakyReluBackward} needs of the forward pass. */
export interface LeakyReluCache {
  /** Any shape. */
  readonly x: Tensor;
  /** The slope for x ≤ 0. */
  readonly negativeSlope: number;
}

/**
 * x where it is positive, else a small multiple of it (A. Maas, A. Hannun and A. Ng, "Rectifier
 * Nonlinearities Improve Neural Network Acoustic Models", 2013). Derived in
 * `derivations/activations.md`, (activations.16).
 *
 * @param x any shape
 * @returns out, of x's shape
 * @throws InputError when the slope is not a finite number
 */
export async function leakyReluForward(
  x: Tensor,
  options: LeakyReluOptions = {},
  backend: Backend = reference,
): Promise<ForwardResult<LeakyReluCache>> {
  const { negativeSlope = 0.01 } = checkOptions("leakyRelu", options, leakyReluRules);
  // (activations.16) out = x where x > 0, else negativeSlope · x
  const f = (value: number): number => (value > 0 ? value : negativeSlope * value);
  const out = await backend.activation(x, f, { name: "leakyRelu", negativeSlope });
  return { out, cache: { x, negativeSlope } };
}

/**
 * The upstream gradient, times 1 where x is positive, else negativeSlope. Derived in
 * `derivations/activations.md`, (activations.17).
 *
 * @param dOut of x's shape
 * @returns dX, of x's shape; at the kink x = 0 the slope is negativeSlope
 * @throws InputError when dOut has another shape
 */
export async function leakyReluBackward(
  dOut: Tensor,
  { x, negativeSlope }: LeakyReluCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  // (activations.17) f′(x) = 1 where x > 0, else negativeSlope
  const slope = (value: number): number => (value > 0 ? 1 : negativeSlope);
  const known = { name: "leakyRelu", negativeSlope } as const;
  return { dX: await timesSlope("leakyReluBackward", dOut, x, slope, { backend, known }) };
}

/** What the options of a leaky rectifier may be. */
export const leakyReluRules: Rules<LeakyReluOptions> = { negativeSlope: finite };

/** A leaky rectifier between two layers, of any shape. */
export class LeakyRelu extends ElementwiseLayer<LeakyReluCache> {
  /** @throws InputError when the slope is not a finite number */
  constructor(given: LeakyReluOptions = {}) {
    const options = checkOptions("LeakyRelu", given, leakyReluRules);
    super(
      "leakyRelu",
      (x, backend) => leakyReluForward(x, options, backend),
      leakyReluBackward,
      ({ x }) => [signsOf(x)],
    );
  }
}
