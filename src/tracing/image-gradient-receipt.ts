/** What a pixel's gradient is made of, addend by addend. */
import type { WindowGeometry } from "../im2col/index.js";
import type { Tensor } from "../tensor/index.js";
import { type WindowOver, windowsOver } from "./windows-over.js";

/** One addend of dX[n, c, h, w]: an output that the pixel reaches, through one weight. */
export interface ImageGradientAddend extends WindowOver {
  /** The filter, and so the channel of the output. */
  readonly k: number;
  /** weight[k, c, i, j], which lies on the pixel. */
  readonly weight: number;
  /** dOut[n, k, p, q]. */
  readonly dOut: number;
  /** weight · dOut. */
  readonly product: number;
}

/** The addends of one window, which are one entry of dCols: (conv2d.8). */
export interface WindowShare extends WindowOver {
  /** Its row in dCols, (c·kH + i)·kW + j. */
  readonly row: number;
  /** Its column in dCols, p·outW + q. */
  readonly column: number;
  /** One for each filter. */
  readonly addends: readonly ImageGradientAddend[];
  /** dCols[n, row, column], their sum. */
  readonly sum: number;
}

/** Where dX[n, c, h, w] comes from. */
export interface ImageGradientReceipt {
  /** In the order in which col2im adds them up. */
  readonly shares: readonly WindowShare[];
  /** dX[n, c, h, w]; 0 for a pixel that no window holds. */
  readonly sum: number;
}

/**
 * Every addend of dX[n, c, h, w], (conv2d.11), in the engine's order: first over the filters, which
 * is dCols (conv2d.8), then over the windows, which is col2im (conv2d.10).
 *
 * @param dOut [N, K, outH, outW]
 * @param weight [K, C, kH, kW], of a convolution without groups
 * @param at the image, the channel, and the pixel; a place on the padding has addends too, and no
 *   gradient that they become
 */
export function imageGradientReceipt(
  dOut: Tensor,
  weight: Tensor,
  geometry: WindowGeometry,
  [n, c, h, w]: readonly [n: number, c: number, h: number, w: number],
): ImageGradientReceipt {
  const K = weight.shape[0]!;
  const { kH, kW, outW } = geometry;
  const shares = windowsOver(geometry, h, w)
    .reverse()
    .map((over): WindowShare => {
      const { p, q, i, j } = over;
      const addends = Array.from({ length: K }, (_, k): ImageGradientAddend => {
        const factors = { weight: weight.get(k, c, i, j), dOut: dOut.get(n, k, p, q) };
        return { ...over, k, ...factors, product: factors.weight * factors.dOut };
      });
      const sum = addends.reduce((total, { product }) => total + product, 0);
      return { ...over, row: (c * kH + i) * kW + j, column: p * outW + q, addends, sum };
    });
  return { shares, sum: shares.reduce((total, share) => total + share.sum, 0) };
}
