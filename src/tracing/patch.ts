/** What lies under one window: its entries, and what a filter makes of each. */
import type { WindowGeometry } from "../im2col/index.js";
import type { Tensor } from "../tensor/index.js";

/** One entry of a window. */
export interface PatchEntry {
  /** The channel. */
  readonly c: number;
  /** Row and column within the window. */
  readonly i: number;
  /** See {@link PatchEntry.i}. */
  readonly j: number;
  /** The row that it lies on, which no image has where it is on the padding: (conv2d.1d). */
  readonly h: number;
  /** The column, likewise: (conv2d.1e). */
  readonly w: number;
  /** Whether it lies on the padding. */
  readonly isPadding: boolean;
  /** The pixel there; 0 on the padding. */
  readonly value: number;
}

/** One addend of an output. */
export interface PatchProduct extends PatchEntry {
  /** The weight that lies on the entry. */
  readonly weight: number;
  /** weight · value. */
  readonly product: number;
}

/**
 * The entries of window (p, q) in all channels, in the order of (conv2d.4).
 *
 * @param x [N, C, H, W]
 * @param at the image, and the row and column of the window
 */
export function patchOf(
  x: Tensor,
  geometry: WindowGeometry,
  [n, p, q]: readonly [n: number, p: number, q: number],
): PatchEntry[] {
  const C = x.shape[1]!;
  const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW } = geometry;
  const entries: PatchEntry[] = [];
  for (let c = 0; c < C; c++)
    for (let i = 0; i < kH; i++)
      for (let j = 0; j < kW; j++) {
        const h = p * strideH + i * dilationH - padH;
        const w = q * strideW + j * dilationW - padW;
        const isPadding = h < 0 || h >= H || w < 0 || w >= W;
        const value = isPadding ? 0 : x.get(n, c, h, w);
        entries.push({ c, i, j, h, w, isPadding, value });
      }
  return entries;
}

/**
 * The addends of out[n, k, p, q] in (conv2d.3), but for the bias.
 *
 * @param patch of {@link patchOf}
 * @param weight [K, C, kH, kW]
 * @param k the filter
 */
export function patchProducts(
  patch: readonly PatchEntry[],
  weight: Tensor,
  k: number,
): PatchProduct[] {
  return patch.map((entry) => {
    const under = weight.get(k, entry.c, entry.i, entry.j);
    return { ...entry, weight: under, product: under * entry.value };
  });
}

/** The addends of each channel, added up. */
export function channelSums(products: readonly PatchProduct[]): number[] {
  const sums: number[] = [];
  for (const { c, product } of products) sums[c] = (sums[c] ?? 0) + product;
  return sums;
}
