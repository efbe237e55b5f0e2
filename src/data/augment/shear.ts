import { cosPi, required } from "../../tensor/index.js";
import { type AffineMap, identityMap } from "./affine-map.js";
import { augmentationDescriber, drawUpTo } from "./augmentation.js";

/**
 * The map that slants an image: what was upright leans to the right, by φ = π·halfTurns, |φ| < π/2,
 * and the row in the middle stays. (augmentation.15)
 */
export function shearMap(halfTurns: number): AffineMap {
  const tangent = cosPi(halfTurns - 0.5) / cosPi(halfTurns);
  return { ...identityMap, wh: tangent }; // (augmentation.15) A = (1, 0; tan φ, 1)
}

/**
 * Describes a slant, as of handwriting, by up to a number of degrees either way. What comes in from
 * outside is 0.
 *
 * @throws InputError when an option is out of range
 */
export const shear = augmentationDescriber<{
  /** The largest angle either way, from 0 to below 90. 0 leaves images as they are. */
  readonly degrees: number;
}>({
  kind: "shear",
  rules: {
    degrees: required({
      expected: "a number from 0 to below 90",
      accepts: (value) => typeof value === "number" && value >= 0 && value < 90,
    }),
  },
  acts: "map",
  build: ({ degrees }) =>
    degrees === 0 ? null : (random) => shearMap(drawUpTo(degrees, random) / 180),
});
