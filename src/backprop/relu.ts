/** The rectifier: negative values become 0. Derived in `derivations/relu.md`. Any shape. */
import { type Backend, reference } from "../kernels/index.js";
import type { Tensor } from "../tensor/index.js";
import { type Choices, signsOf } from "./choices.js";
import { type PassOptions, TwoPassLayer } from "./layer.js";

export interface ReluCache {
  readonly x: Tensor;
}

/** @returns out, of x's shape */
export async function reluForward(
  x: Tensor,
  backend: Backend = reference,
): Promise<{ out: Tensor; cache: ReluCache }> {
  // (relu.2) out = max(x, 0)
  return { out: await backend.relu(x), cache: { x } };
}

/** @returns dX, of x's shape; at the kink x = 0 it is 0 */
export async function reluBackward(
  dOut: Tensor,
  { x }: ReluCache,
  backend: Backend = reference,
): Promise<{ dX: Tensor }> {
  // (relu.8) dX = dOut ⊙ 1[x > 0]
  return { dX: await backend.reluBackward(dOut, x) };
}

/** A rectifier between two layers. */
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
