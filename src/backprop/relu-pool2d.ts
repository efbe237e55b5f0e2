/**
 * A rectifier followed by max pooling as one layer, which reads its input once. The same function
 * of x as `relu` and then `maxPool2d`. Derived in `derivations/fused.md`.
 */
import type { WindowOptions } from "../im2col/index.js";
import { type Backend, reference } from "../kernels/index.js";
import type { Tensor } from "../tensor/index.js";
import { type Choices, winnersOf } from "./choices.js";
import { checkDOut, type PassOptions } from "./layer.js";
import type { MaxPool2dCache } from "./max-pool2d.js";
import { poolGeometry, PoolLayer } from "./pool-windows.js";

/** As a max pooling's, but for windows that the rectifier's 0 wins: their winner is −1. */
export type ReluPool2dCache = MaxPool2dCache;

/**
 * @param x [N, C, H, W]
 * @param options of the pooling
 * @returns out [N, C, outH, outW]
 * @throws InputError as `maxPool2dForward`
 */
export async function reluPool2dForward(
  x: Tensor,
  options: WindowOptions,
  backend: Backend = reference,
): Promise<{ out: Tensor; cache: ReluPool2dCache }> {
  const geometry = poolGeometry("maxPool2d", x.shape, options);
  // (fused.1) out[n, c, p, q] = max(maxᵢⱼ x[n, c, u(p, i), v(q, j)], 0)
  // (fused.1a) argmax[n, c, p, q] = the first (h, w) of the window where
  //   x[n, c, h, w] = out[n, c, p, q] > 0, else −1
  const { out, argmax } = await backend.maxPool2d(x, geometry, { rectify: true });
  return { out, cache: { geometry, argmax, outShape: out.shape } };
}

/**
 * @param dOut [N, C, outH, outW]
 * @returns dX [N, C, H, W]
 */
export async function reluPool2dBackward(
  dOut: Tensor,
  { geometry, argmax, outShape }: ReluPool2dCache,
  backend: Backend = reference,
): Promise<{ dX: Tensor }> {
  checkDOut("reluPool2dBackward", dOut, outShape);
  // (fused.3) dX[n, c, h, w] = Σₚ Σ_q 1[argmax[n, c, p, q] = (h, w)] · dOut[n, c, p, q]
  return { dX: await backend.maxPool2dBackward(dOut, argmax, geometry) };
}

/** What a plan puts in place of a rectifier and a max pooling. */
export class ReluPool2d extends PoolLayer<ReluPool2dCache> {
  readonly kind = "reluPool2d";
  override readonly differentiate = reluPool2dBackward;

  constructor(options: WindowOptions) {
    super("ReluPool2d", options);
  }

  override compute(x: Tensor, { backend }: PassOptions) {
    return reluPool2dForward(x, this.options, backend);
  }

  override choices({ argmax, outShape }: ReluPool2dCache): readonly Choices[] {
    return [winnersOf(argmax.data, outShape)];
  }
}
