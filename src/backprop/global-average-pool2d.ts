/** Global average pooling: every channel becomes its mean. Derived in `derivations/pooling.md`. */
import { conv2dGeometry } from "../im2col/index.js";
import { type Backend, reference } from "../kernels/index.js";
import { divide, formatShape, reject, type Tensor } from "../tensor/index.js";
import {
  checkDOut,
  type ForwardResult,
  type InputGradient,
  type PassOptions,
  TwoPassLayer,
} from "./layer.js";

/** What {@link globalAveragePool2dBackward} needs of the forward pass. */
export interface GlobalAveragePool2dCache {
  /** [N, C, H, W] */
  readonly shape: readonly number[];
}

/**
 * The mean of each channel of each image. Derived in `derivations/pooling.md`, (pooling.7).
 *
 * @param x [N, C, H, W]
 * @returns out [N, C]
 * @throws InputError when x has another rank, or no pixels
 */
export async function globalAveragePool2dForward(
  x: Tensor,
  backend: Backend = reference,
): Promise<ForwardResult<GlobalAveragePool2dCache>> {
  checkX(x.shape);
  // (pooling.7) out[n, c] = 1/(H·W) · Σₕ Σ_w x[n, c, h, w]
  const [N, C, H, W] = x.shape as [number, number, number, number];
  const wholePlane = conv2dGeometry("globalAveragePool2d", H, W, { kernelSize: [H, W] });
  const out = await backend.averagePool2d(x, wholePlane);
  return { out: out.reshape([N, C]), cache: { shape: x.shape } };
}

/**
 * Spreads each gradient evenly over its channel. Derived in `derivations/pooling.md`, (pooling.8).
 *
 * @param dOut [N, C]
 * @returns dX [N, C, H, W]
 * @throws InputError when dOut has another shape
 */
export async function globalAveragePool2dBackward(
  dOut: Tensor,
  { shape }: GlobalAveragePool2dCache,
  backend: Backend = reference,
): Promise<InputGradient> {
  const [N, C, H, W] = shape as [number, number, number, number];
  checkDOut("globalAveragePool2dBackward", dOut, [N, C]);
  // (pooling.8) dX[n, c, h, w] = dOut[n, c] / (H·W)
  const share = divide(await backend.read(dOut), H * W).reshape([N, C, 1, 1]);
  return { dX: share.broadcastTo([N, C, H, W]).clone(backend.allocator) };
}

/**
 * A global average pooling, usually the last layer before the classifier: [N, C, H, W] → [N, C].
 */
export class GlobalAveragePool2d extends TwoPassLayer<GlobalAveragePool2dCache> {
  readonly kind = "globalAveragePool2d";
  override readonly differentiate = globalAveragePool2dBackward;

  override outputShape(x: readonly number[]): number[] {
    checkX(x);
    return [x[0]!, x[1]!];
  }

  override compute(x: Tensor, { backend }: PassOptions) {
    return globalAveragePool2dForward(x, backend);
  }
}

function checkX(shape: readonly number[]): void {
  if (shape.length !== 4)
    reject("globalAveragePool2d", "x of shape [N, C, H, W]", formatShape(shape));
}
