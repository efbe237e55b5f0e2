/**
 * Average pooling: each window hands on its mean. Derived in `derivations/pooling.md`.
 *
 *   N images   C channels   H, W image   kH, kW window   outH, outW number of windows
 *   u(p, i), v(q, j)  row and column of the pixel under entry (i, j) of window (p, q)
 */
import type { WindowGeometry, WindowOptions } from "../im2col/index.js";
import { type Backend, reference } from "../kernels/index.js";
import type { Tensor } from "../tensor/index.js";
import { checkDOut, type ForwardResult, type InputGradient, type PassOptions } from "./layer.js";
import { poolGeometry, PoolLayer } from "./pool-windows.js";

/** What {@link averagePool2dBackward} needs of the forward pass. */
export interface AveragePool2dCache {
  /** Where the windows lie. */
  readonly geometry: WindowGeometry;
  /** [N, C, outH, outW] */
  readonly outShape: readonly number[];
}

/**
 * The mean of each window. Derived in `derivations/pooling.md`, (pooling.5).
 *
 * @param x [N, C, H, W]
 * @param options the stride is the window's size unless given; padded zeros are counted
 * @returns out [N, C, outH, outW]
 * @throws InputError when an option is unknown or out of range, the window is larger than the
 *   padded image, or one lies on padding alone
 */
export async function averagePool2dForward(
  x: Tensor,
  options: WindowOptions,
  backend: Backend = reference,
): Promise<ForwardResult<AveragePool2dCache>> {
  const geometry = poolGeometry("averagePool2d", x.shape, options);
  // (pooling.5) out[n, c, p, q] = 1/(kH·kW) · Σᵢⱼ x[n, c, u(p, i), v(q, j)]
  const out = await backend.averagePool2d(x, geometry);
  return { out, cache: { geometry, outShape: out.shape } };
}

/**
 * Spreads each gradient evenly over its window. Derived in `derivations/pooling.md`, (pooling.6).
 *
 * @param dOut [N, C, outH, outW]
 * @returns dX [N, C, H, W]
 * @throws InputError when dOut has another shape
 */
export async function averagePool2dBackward(
  dOut: Tensor,
  { geometry, outShape }: AveragePool2dCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  checkDOut("averagePool2dBackward", dOut, outShape);
  // (pooling.6) dX[n, c, h, w] = 1/(kH·kW) · Σₚ Σ_q
  //   1[window (p, q) holds (h, w)] · dOut[n, c, p, q]
  return { dX: await backend.averagePool2dBackward(dOut, geometry) };
}

/** An average pooling between two layers: [N, C, H, W] → [N, C, outH, outW]. */
export class AveragePool2d extends PoolLayer<AveragePool2dCache> {
  /** See {@link Layer.kind}. */
  readonly kind = "averagePool2d";
  override readonly differentiate = averagePool2dBackward;

  /** @throws InputError when an option is unknown or out of range */
  constructor(options: WindowOptions) {
    super("AveragePool2d", options);
  }

  override compute(x: Tensor, { backend }: PassOptions) {
    return averagePool2dForward(x, this.options, backend);
  }
}
