import { belowOne, required } from "../../tensor/index.js";
import { type AffineMap, identityMap } from "./affine-map.js";
import { augmentationDescriber, drawUpTo } from "./augmentation.js";

/**
 * The map that makes an image's content larger by a factor above 0, about its centre.
 * (augmentation.14)
 */
export function scaleMap(factor: number): AffineMap {
  return { ...identityMap, hh: 1 / factor, ww: 1 / factor }; // (augmentation.14) A = 1/s
}

/**
 * Describes a change of size, about the centre: by 1 − `factor` to 1 + `factor`. What comes in from
 * outside is 0.
 *
 * @throws InputError when an option is out of range
 */
export const scale = augmentationDescriber<{
  /** The largest change, a share from 0 to below 1. 0 leaves images as they are. */
  readonly factor: number;
}>({
  kind: "scale",
  rules: { factor: required(belowOne) },
  acts: "map",
  build: ({ factor }) => (factor === 0 ? null : (random) => scaleMap(1 + drawUpTo(factor, random))),
});
