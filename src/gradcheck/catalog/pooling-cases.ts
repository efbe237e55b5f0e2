/** Geometries of pooling windows, for the layers that have them. */
import type { WindowOptions } from "../../im2col/index.js";
import type { Random } from "../../tensor/index.js";
import { between, type LayerOptions, unequal } from "./entry.js";

/** Windows of a pooling, which are also options as they stand in a file. */
type PoolingOptions = WindowOptions & LayerOptions;

export const poolingOptions: readonly PoolingOptions[] = [
  { kernelSize: [2, 3] },
  { kernelSize: [3, 2], stride: [1, 2] },
  { kernelSize: [3, 4], stride: [2, 3], padding: [1, 2] },
];

/**
 * A random geometry, and the shape [N, C, H, W] of an image that holds at least one window, and no
 * window that lies on padding alone.
 */
export function samplePooling(random: Random): { options: PoolingOptions; shape: number[] } {
  const [kernelSize, stride, dilation] = [
    unequal(random, 1, 4),
    unequal(random, 1, 3),
    unequal(random, 1, 2),
  ];
  // At most half the window, as the layers demand, and unequal where the window leaves room for
  // that.
  const [padH, padW] = kernelSize.map((k) => between(random, 0, Math.floor(k / 2))) as [
    number,
    number,
  ];
  const padding: [number, number] =
    padH !== padW
      ? [padH, padW]
      : kernelSize[0] > kernelSize[1]
        ? [padH === 0 ? 1 : 0, padW]
        : [padH, padW === 0 ? 1 : 0];
  const [leastH, leastW] = kernelSize.map((k, axis) => dilation[axis]! * (k - 1) + 1) as [
    number,
    number,
  ];
  const H = leastH + random.integer(3);
  const W = leastW + random.integer(3);
  return {
    options: { kernelSize, stride, padding, dilation },
    shape: [between(random, 1, 2), between(random, 1, 2), H, W === H ? W + 1 : W],
  };
}
