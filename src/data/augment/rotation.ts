import { cosPi, notNegative, required } from "../../tensor/index.js";
import { type AffineMap, identityMap } from "./affine-map.js";
import { augmentationDescriber, drawUpTo } from "./augmentation.js";

/**
 * The map that turns an image about its centre, counterclockwise: by θ = π·halfTurns. A quarter of
 * a turn is exact, and every angle is the same in every engine, since `cosPi` is. (augmentation.13)
 */
export function rotationMap(halfTurns: number): AffineMap {
  const cosine = cosPi(halfTurns);
  const sine = cosPi(halfTurns - 0.5); // sin θ = cos(θ − π/2)
  // (augmentation.13) A = (cos θ, sin θ; −sin θ, cos θ)
  return { ...identityMap, hh: cosine, hw: sine, wh: -sine, ww: cosine };
}

/**
 * Describes a turn about the centre, by up to a number of degrees either way. What comes in from
 * outside is 0.
 *
 * @throws InputError when an option is out of range
 */
export const rotation = augmentationDescriber<{
  /** The largest angle either way, ≥ 0. Each image has its own; 0 leaves images as they are. */
  readonly degrees: number;
}>({
  kind: "rotation",
  rules: { degrees: required(notNegative) },
  acts: "map",
  build: ({ degrees }) =>
    degrees === 0 ? null : (random) => rotationMap(drawUpTo(degrees, random) / 180),
});
