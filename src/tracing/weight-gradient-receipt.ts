/** What a weight's gradient is made of, addend by addend. */
import type { WindowGeometry } from "../im2col/index.js";
import type { Tensor } from "../tensor/index.js";

/** One addend of dWeight[k, c, i, j]: a window, and the pixel in it that the weight lies on. */
export interface WeightGradientAddend {
  /** The image. */
  readonly n: number;
  /** Row and column of the window. */
  readonly p: number;
  /** See {@link WeightGradientAddend.p}. */
  readonly q: number;
  /** Row of the pixel, which no image has where it is on the padding: (conv2d.1d). */
  readonly h: number;
  /** Column of the pixel, likewise: (conv2d.1e). */
  readonly w: number;
  /** Whether the weight lies on the padding. */
  readonly isPadding: boolean;
  /** The pixel; 0 on the padding. */
  readonly value: number;
  /** dOut[n, k, p, q]. */
  readonly dOut: number;
  /** value · dOut. */
  readonly product: number;
}

/** Where dWeight[k, c, i, j] comes from. */
export interface WeightGradientReceipt {
  /** Image by image, window by window: the columns of (conv2d.7). */
  readonly addends: readonly WeightGradientAddend[];
  /** dWeight[k, c, i, j]. */
  readonly sum: number;
}

/**
 * Every addend of dWeight[k, c, i, j], (conv2d.7): a pixel for each window, times what comes back
 * to that window.
 *
 * @param dOut [N, K, outH, outW]
 * @param x [N, C, H, W], of a convolution without groups
 */
export function weightGradientReceipt(
  dOut: Tensor,
  x: Tensor,
  geometry: WindowGeometry,
  [k, c, i, j]: readonly [k: number, c: number, i: number, j: number],
): WeightGradientReceipt {
  const { H, W, strideH, strideW, padH, padW, dilationH, dilationW, outH, outW } = geometry;
  const addends: WeightGradientAddend[] = [];
  for (let n = 0; n < x.shape[0]!; n++)
    for (let p = 0; p < outH; p++)
      for (let q = 0; q < outW; q++) {
        const h = p * strideH + i * dilationH - padH;
        const w = q * strideW + j * dilationW - padW;
        const isPadding = h < 0 || h >= H || w < 0 || w >= W;
        const value = isPadding ? 0 : x.get(n, c, h, w);
        const factor = dOut.get(n, k, p, q);
        const product = value * factor;
        addends.push({ n, p, q, h, w, isPadding, value, dOut: factor, product });
      }
  return { addends, sum: addends.reduce((total, { product }) => total + product, 0) };
}
