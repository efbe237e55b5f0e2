/** The rectifier: negative values become 0. Derived in `derivations/relu.md`. Any shape. */
import { type Backend, reference } from "../kernels/index.js";
import type { Tensor } from "../tensor/index.js";
import { type Choices, signsOf } from "./gradient-check/differentiable.js";
import { type Layer, type PassOptions, recall, type Remembered } from "./layer.js";

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
export class Relu implements Layer {
  readonly kind = "relu";
  readonly parameters = [];
  #remembered: Remembered<ReluCache> | null = null;

  outputShape(inputShape: readonly number[]): number[] {
    return [...inputShape];
  }

  async forward(x: Tensor, { backend, training }: PassOptions): Promise<Tensor> {
    const { out, cache } = await reluForward(x, backend);
    this.#remembered = training ? { cache, backend } : null;
    return out;
  }

  async backward(dOut: Tensor): Promise<Tensor> {
    const { cache, backend } = recall(this.kind, this.#remembered);
    this.#remembered = null;
    return (await reluBackward(dOut, cache, backend)).dX;
  }

  choices(): readonly Choices[] {
    return [signsOf(recall(this.kind, this.#remembered).cache.x)];
  }
}
