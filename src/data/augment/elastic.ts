import { notNegative, required } from "../../tensor/index.js";
import { augmentationDescriber } from "./augmentation.js";
import { SmoothNoise } from "./smooth-noise.js";

/** Options of {@link elastic}; see `derivations/augmentation.md`. */
export interface ElasticOptions {
  /**
   * α ≥ 0: a pixel is displaced by about 0.163·α/σ pixels along each axis. 0 leaves images as they
   * are.
   */
  readonly strength: number;
  /** σ, from 1 to 100 pixels: what lies closer together than that is displaced alike. */
  readonly smoothness: number;
}

/**
 * Describes a distortion as if the image were drawn on rubber (Simard, Steinkraus and Platt, 2003,
 * who took α = 34 and σ = 4 for digits of 28 × 28 pixels). What comes in from outside is 0.
 *
 * @throws InputError when an option is out of range
 */
export const elastic = augmentationDescriber<ElasticOptions>({
  kind: "elastic",
  rules: {
    strength: required(notNegative),
    smoothness: required({
      expected: "a number from 1 to 100",
      accepts: (value) => typeof value === "number" && value >= 1 && value <= 100,
    }),
  },
  acts: "field",
  build: ({ strength, smoothness }) => {
    if (strength === 0) return null;
    let noise: SmoothNoise | null = null;
    return (random, displacements) => {
      const { height, width, rows, columns } = displacements;
      if (noise === null || !noise.isFor(height, width))
        noise = new SmoothNoise(height, width, smoothness);
      noise.draw(random, strength, rows);
      noise.draw(random, strength, columns);
    };
  },
});
