/**
 * A rectifier followed by max pooling as one layer, which reads its input once. The same function
 * of x as `relu` and then `maxPool2d`. Derived in `derivations/fused.md`.
 */
import type { WindowOptions } from "../im2col/index.js";
import { type Backend, reference } from "../kernels/index.js";
import type { Tensor } from "../tensor/index.js";
import { type Choices, winnersOf } from "./choices.js";
import { checkDOut, type ForwardResult, type InputGradient, type PassOptions } from "./layer.js";
import type { MaxPool2dCache } from "./max-pool2d.js";
import { poolGeometry, PoolLayer } from "./pool-windows.js";

/** As a max pooling's, but for windows that the rectifier's 0 wins: their winner is −1. */
export type ReluPool2dCache = MaxPool2dCache;

/**
 * The largest entry of each window, or 0 if none is positive. Derived in `derivations/fused.md`,
 * (fused.1).
 *
 * @param x [N, C, H, W]
 * @param options of the pooling
 * @returns out [N, C, outH, outW]
 * @throws InputError as `maxPool2dForward`
 */
export async function reluPool2dForward(
  x: Tensor,
  options: WindowOptions,
  backend: Backend = reference,
): Promise<ForwardResult<ReluPool2dCache>> {
  const geometry = poolGeometry("maxPool2d", x.shape, options);
  // (fused.1) out[n, c, p, q] = max(maxᵢⱼ x[n, c, u(p, i), v(q, j)], 0)
  // (fused.1a) argmax[n, c, p, q] = the first (h, w) of the window where
  //   x[n, c, h, w] = out[n, c, p, q] > 0, else −1
  const { out, argmax } = await backend.maxPool2d(x, geometry, { rectify: true });
  return { out, cache: { geometry, argmax, outShape: out.shape } };
}

/**
 * Hands each gradient to the pixel that won its window, if one did. Derived in
 * `derivations/fused.md`, (fused.3).
 *
 * @param dOut [N, C, outH, outW]
 * @returns dX [N, C, H, W]
 * @throws InputError when dOut has another shape
 */
export async function reluPool2dBackward(
  dOut: Tensor,
  { geometry, argmax, outShape }: ReluPool2dCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  checkDOut("reluPool2dBackward", dOut, outShape);
  // (fused.3) dX[n, c, h, w] = Σₚ Σ_q 1[argmax[n, c, p, q] = (h, w)] · dOut[n, c, p, q]
  return { dX: await backend.maxPool2dBackward(dOut, argmax, geometry) };
}

/**
 * What a plan puts in place of a rectifier and a max pooling: [N, C, H, W] → [N, C, outH, outW].
 */
export class ReluPool2d extends PoolLayer<ReluPool2dCache> {
  /** See {@link Layer.kind}. */
  readonly kind = "reluPool2d";
  override readonly differentiate = reluPool2dBackward;

  /** @throws InputError when an option of the pooling is unknown or out of range */
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
