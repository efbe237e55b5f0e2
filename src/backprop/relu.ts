/** The rectifier: negative values become 0. Derived in `derivations/relu.md`. Any shape. */
import { type Backend, reference } from "../kernels/index.js";
import type { Tensor } from "../tensor/index.js";
import { type Choices, signsOf } from "./choices.js";
import { type ForwardResult, type InputGradient, type PassOptions, TwoPassLayer } from "./layer.js";

/** What {@link reluBackward} needs of the forward pass. */
export interface ReluCache {
  /** Any shape. */
  readonly x: Tensor;
}

/**
 * The larger of x and 0; NaN stays NaN, on all backends but gpu. Derived in `derivations/relu.md`,
 * (relu.2).
 *
 * @param x any shape
 * @returns out, of x's shape
 */
export async function reluForward(
  x: Tensor,
  backend: Backend = reference,
): Promise<ForwardResult<ReluCache>> {
  // (relu.2) out = max(x, 0)
  return { out: await backend.relu(x), cache: { x } };
}

/**
 * Lets the gradient through where x is positive. Derived in `derivations/relu.md`, (relu.8).
 *
 * @param dOut of x's shape
 * @returns dX, of x's shape; at the kink x = 0 it is 0
 * @throws InputError when dOut has another shape
 */
export async function reluBackward(
  dOut: Tensor,
  { x }: ReluCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  // (relu.8) dX = dOut ⊙ 1[x > 0]
  return { dX: await backend.reluBackward(dOut, x) };
}

/** A rectifier between two layers, of any shape. */
export class Relu extends TwoPassLayer<ReluCache> {
  readonly kind = "relu";
  override readonly differentiate = reluBackward;

  override compute(x: Tensor, { backend }: PassOptions) {
    return reluForward(x, backend);
  }

  override choices({ x }: ReluCache): readonly Choices[] {
    return [signsOf(x)];
  }
}
