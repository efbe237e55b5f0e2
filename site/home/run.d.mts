/** See `run.mjs`. */
import type { Tiles } from "./shown.mjs";

export interface HomeRun {
  /** By layer: `image`, `relu`, `pool`. */
  readonly pictures: Readonly<Record<string, Tiles>>;
  /** Of the ten digits. */
  readonly probabilities: readonly number[];
}

/** @returns what computes 28·28 pixels in [0, 1] */
export declare function openHome(
  weights: Uint8Array,
): (pixels: ArrayLike<number>) => Promise<HomeRun>;
