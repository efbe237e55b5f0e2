/** What each road to dX costs. */
import type { WindowGeometry } from "../im2col/index.js";

/** Multiplications for one image. */
export interface RoadLengths {
  /** filtersᵀ · dOut: outH · outW · K · C · kH · kW. */
  readonly first: number;
  /** A turned filter at every pixel: H · W · K · C · kH · kW. */
  readonly second: number;
}

/**
 * How many multiplications both roads of `derivations/conv2d-second-road.md` take.
 *
 * @param C channels
 * @param K filters
 */
export function roadLengths(geometry: WindowGeometry, C: number, K: number): RoadLengths {
  const { H, W, kH, kW, outH, outW } = geometry;
  const each = K * C * kH * kW;
  return { first: outH * outW * each, second: H * W * each };
}
