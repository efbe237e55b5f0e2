/**
 * Max pooling: each window hands on its largest entry, so that a small shift of the image changes
 * little. Derived in `derivations/pooling.md`.
 *
 *   N images   C channels   H, W image   kH, kW window   outH, outW number of windows
 *   u(p, i), v(q, j)  row and column of the pixel under entry (i, j) of window (p, q)
 */
import type { WindowGeometry, WindowOptions } from "../im2col/index.js";
import { type Backend, reference } from "../kernels/index.js";
import type { Storage, Tensor } from "../tensor/index.js";
import { type Choices, winnersOf } from "./choices.js";
import { checkDOut, type ForwardResult, type InputGradient, type PassOptions } from "./layer.js";
import { poolGeometry, PoolLayer } from "./pool-windows.js";

/** What {@link maxPool2dBackward} needs of the forward pass. */
export interface MaxPool2dCache {
  /** Where the windows lie. */
  readonly geometry: WindowGeometry;
  /** For each window, the position h·W + w of its winner in its plane. */
  readonly argmax: Storage<Int32Array>;
  /** [N, C, outH, outW] */
  readonly outShape: readonly number[];
}

/**
 * The largest entry of each window. Derived in `derivations/pooling.md`, (pooling.1).
 *
 * @param x [N, C, H, W]
 * @param options the stride is the window's size unless given; padding counts as −∞
 * @returns out [N, C, outH, outW]; in a tie, the first entry in row-major order wins
 * @throws InputError when an option is unknown or out of range, the window is larger than the
 *   padded image, or one lies on padding alone
 */
export async function maxPool2dForward(
  x: Tensor,
  options: WindowOptions,
  backend: Backend = reference,
): Promise<ForwardResult<MaxPool2dCache>> {
  const geometry = poolGeometry("maxPool2d", x.shape, options);
  // (pooling.1) out[n, c, p, q] = maxᵢⱼ x[n, c, u(p, i), v(q, j)]
  // (pooling.2) argmax[n, c, p, q] = the first (h, w) of the window where
  //   x[n, c, h, w] = out[n, c, p, q]
  const { out, argmax } = await backend.maxPool2d(x, geometry);
  return { out, cache: { geometry, argmax, outShape: out.shape } };
}

/**
 * Hands each gradient to the pixel that won its window; a pixel that won several gets the sum.
 * Derived in `derivations/pooling.md`, (pooling.4).
 *
 * @param dOut [N, C, outH, outW]
 * @returns dX [N, C, H, W]
 * @throws InputError when dOut has another shape
 */
export async function maxPool2dBackward(
  dOut: Tensor,
  { geometry, argmax, outShape }: MaxPool2dCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  checkDOut("maxPool2dBackward", dOut, outShape);
  // (pooling.4) dX[n, c, h, w] = Σₚ Σ_q 1[argmax[n, c, p, q] = (h, w)] · dOut[n, c, p, q]
  return { dX: await backend.maxPool2dBackward(dOut, argmax, geometry) };
}

/** A max pooling between two layers: [N, C, H, W] → [N, C, outH, outW]. */
export class MaxPool2d extends PoolLayer<MaxPool2dCache> {
  /** See {@link Layer.kind}. */
  readonly kind = "maxPool2d";
  override readonly differentiate = maxPool2dBackward;

  /** @throws InputError when an option is unknown or out of range */
  constructor(options: WindowOptions) {
    super("MaxPool2d", options);
  }

  override compute(x: Tensor, { backend }: PassOptions) {
    return maxPool2dForward(x, this.options, backend);
  }

  override choices({ argmax, outShape }: MaxPool2dCache): readonly Choices[] {
    return [winnersOf(argmax.data, outShape)];
  }
}
