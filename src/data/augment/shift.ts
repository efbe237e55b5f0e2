import { notNegative, type Rule, required } from "../../tensor/index.js";
import { type AffineMap, identityMap } from "./affine-map.js";
import { augmentationDescriber, drawUpTo } from "./augmentation.js";

/** Options of {@link shift}. */
export interface ShiftOptions {
  /** How far at most, in pixels and parts of them: for both axes, or as [h, w]. */
  readonly pixels: number | readonly [h: number, w: number];
}

/**
 * The map that moves an image down and to the right, by a number of pixels each; negative ones move
 * it up and to the left. (augmentation.12)
 */
export function shiftMap(down: number, right: number): AffineMap {
  return { ...identityMap, h: -down, w: -right }; // (augmentation.12) A = 1, t = −(a, b)
}

const pixels: Rule = {
  expected: `${notNegative.expected}, or two of them as [h, w]`,
  accepts: (value) =>
    Array.isArray(value)
      ? value.length === 2 && value.every(notNegative.accepts)
      : notNegative.accepts(value),
};

/**
 * Describes a shift by up to a number of pixels in each direction. What comes in from outside is 0.
 *
 * @throws InputError when an option is out of range
 */
export const shift = augmentationDescriber<ShiftOptions>({
  kind: "shift",
  rules: { pixels: required(pixels) },
  acts: "map",
  build: ({ pixels: most }) => {
    const [h, w] = typeof most === "number" ? [most, most] : most;
    if (h === 0 && w === 0) return null;
    return (random) => {
      const down = h === 0 ? 0 : drawUpTo(h, random);
      return shiftMap(down, w === 0 ? 0 : drawUpTo(w, random));
    };
  },
});
