/**
 * Where each pixel of a moved image has its content from. Derived in
 * `derivations/augmentation.md`.
 *
 *   H, W   height and width of the image, in pixels
 *   c      its centre, ((H − 1)/2, (W − 1)/2)
 *   p      a pixel of the result, (h, w)
 *   A, t   the map of the image
 *   Δ      how far each pixel is displaced besides
 */
import type { AffineMap } from "./affine-map.js";

/** A place for each pixel of an image: [H, W], row by row, in pixels. */
export interface Places {
  /** H, in pixels. */
  readonly height: number;
  /** W, in pixels. */
  readonly width: number;
  /** How far down; 0 is the middle of the first row. */
  readonly rows: Float64Array;
  /** How far to the right; 0 is the middle of the first column. */
  readonly columns: Float64Array;
}

/** Places for an image of this size, all 0. */
export function placesFor(height: number, width: number): Places {
  const size = height * width;
  return { height, width, rows: new Float64Array(size), columns: new Float64Array(size) };
}

/** Writes the places that a map takes an image's pixels from. */
export function mapPlaces({ hh, hw, wh, ww, h: tH, w: tW }: AffineMap, places: Places): void {
  const { height: H, width: W, rows, columns } = places;
  const [cH, cW] = [(H - 1) / 2, (W - 1) / 2]; // (augmentation.10) c = ((H − 1)/2, (W − 1)/2)
  for (let h = 0, p = 0; h < H; h++)
    for (let w = 0; w < W; w++, p++) {
      // (augmentation.11) source = c + A·(p − c) + t
      rows[p] = cH + hh * (h - cH) + hw * (w - cW) + tH;
      columns[p] = cW + wh * (h - cH) + ww * (w - cW) + tW;
    }
}

/** The same where `places` holds how far each pixel is displaced, and is written over. */
export function mapDisplaced({ hh, hw, wh, ww, h: tH, w: tW }: AffineMap, places: Places): void {
  const { height: H, width: W, rows, columns } = places;
  const [cH, cW] = [(H - 1) / 2, (W - 1) / 2]; // (augmentation.10) c = ((H − 1)/2, (W − 1)/2)
  for (let h = 0, p = 0; h < H; h++)
    for (let w = 0; w < W; w++, p++) {
      const y = h - cH + rows[p]!;
      const x = w - cW + columns[p]!;
      // (augmentation.22) source = c + A·(p + Δ − c) + t
      rows[p] = cH + hh * y + hw * x + tH;
      columns[p] = cW + wh * y + ww * x + tW;
    }
}
