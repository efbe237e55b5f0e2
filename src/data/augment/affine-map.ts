/**
 * Where the pixels of a moved image come from. Derived in `derivations/augmentation.md`.
 *
 *   H, W   height and width of the image, in pixels
 *   c      its centre, ((H − 1)/2, (W − 1)/2)
 *   p      a place in the result, (h, w): its row first
 *   A, t   the map's matrix, of two rows, and its shift
 *
 * A map goes backwards: it says of a place in the result where its content was before.
 */
export interface AffineMap {
  /** What a row of the result, counted from the centre, adds to the row it comes from. */
  readonly hh: number;
  /** What a column of the result adds to that row. */
  readonly hw: number;
  /** What a row of the result adds to the column it comes from. */
  readonly wh: number;
  /** What a column of the result adds to that column. */
  readonly ww: number;
  /** t along the rows, in pixels. */
  readonly h: number;
  /** t along the columns, in pixels. */
  readonly w: number;
}

/** Everything comes from where it is. */
export const identityMap: AffineMap = { hh: 1, hw: 0, wh: 0, ww: 1, h: 0, w: 0 };

/**
 * One map for an image that is moved twice. What is done last is undone first: a place goes through
 * the second map, and from there through the first. (augmentation.17)
 */
export function inTurn(first: AffineMap, second: AffineMap): AffineMap {
  const { hh, hw, wh, ww } = first;
  // (augmentation.17) A = A₁·A₂, t = A₁·t₂ + t₁
  return {
    hh: hh * second.hh + hw * second.wh,
    hw: hh * second.hw + hw * second.ww,
    wh: wh * second.hh + ww * second.wh,
    ww: wh * second.hw + ww * second.ww,
    h: hh * second.h + hw * second.w + first.h,
    w: wh * second.h + ww * second.w + first.w,
  };
}
