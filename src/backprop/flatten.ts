/**
 * From images to rows: the way from the convolutions to the affine layers. Derived in
 * `derivations/affine.md`.
 */
import { formatShape, reject, sizeOf, type Tensor } from "../tensor/index.js";
import { checkDOut, type ForwardResult, type InputGradient, TwoPassLayer } from "./layer.js";

/** What {@link flattenBackward} needs of the forward pass. */
export interface FlattenCache {
  /** Of x, [N, ...]. */
  readonly shape: readonly number[];
}

/**
 * Lays all axes but the first end to end. Derived in `derivations/affine.md`, (affine.13).
 *
 * @param x [N, ...]
 * @returns out [N, product of the rest], sharing x's memory if that is contiguous
 * @throws InputError when x has no axes
 */
export async function flattenForward(x: Tensor): Promise<ForwardResult<FlattenCache>> {
  // (affine.13) out[n, (c·H + h)·W + w] = x[n, c, h, w]
  return { out: x.reshape(flatShape(x.shape)), cache: { shape: x.shape } };
}

/**
 * Gives the gradient x's axes. Derived in `derivations/affine.md`, (affine.15).
 *
 * @param dOut [N, product of the rest]
 * @returns dX, of x's shape, sharing dOut's memory if that is contiguous
 * @throws InputError when dOut has another shape
 */
export async function flattenBackward(
  dOut: Tensor,
  { shape }: FlattenCache,
): Promise<InputGradient> {
  checkDOut("flattenBackward", dOut, flatShape(shape));
  // (affine.15) dX[n, c, h, w] = dOut[n, (c·H + h)·W + w]
  return { dX: dOut.reshape(shape) };
}

/** Keeps the batch axis and lays all others end to end: [N, C, H, W] → [N, C·H·W]. */
export class Flatten extends TwoPassLayer<FlattenCache> {
  readonly kind = "flatten";
  override readonly differentiate = flattenBackward;

  override outputShape(x: readonly number[]): number[] {
    return flatShape(x);
  }

  override compute(x: Tensor) {
    return flattenForward(x);
  }
}

function flatShape(shape: readonly number[]): number[] {
  if (shape.length < 1) reject("flatten", "x of shape [N, ...]", formatShape(shape));
  return [shape[0]!, sizeOf(shape.slice(1))];
}
