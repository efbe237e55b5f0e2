import * as fc from "fast-check";
import type { WindowGeometry } from "leibniz/im2col";

/**
 * Random sliding windows, different on both axes most of the time, that fit into their padded
 * image.
 */
export const windowCases = fc
  .record({
    size: pair(1, 12),
    kernelSize: pair(1, 4),
    stride: pair(1, 3),
    padding: pair(0, 3),
    dilation: pair(1, 3),
    seed: fc.nat(),
  })
  .filter(({ size, kernelSize, padding, dilation }) =>
    [0, 1].every(
      (axis) => dilation[axis]! * (kernelSize[axis]! - 1) + 1 <= size[axis]! + 2 * padding[axis]!,
    ),
  );

/** Whether every window holds a pixel, by looking at each of its entries. */
export function holdPixels(g: WindowGeometry): boolean {
  const axis = (windows: number, stride: number, kernel: number, step: number, pad: number) =>
    [windows, (p: number, i: number) => p * stride + i * step - pad, kernel] as const;
  const all = ([windows, at, kernel]: ReturnType<typeof axis>, extent: number): boolean =>
    range(windows).every((p) => range(kernel).some((i) => at(p, i) >= 0 && at(p, i) < extent));
  return (
    all(axis(g.outH, g.strideH, g.kH, g.dilationH, g.padH), g.H) &&
    all(axis(g.outW, g.strideW, g.kW, g.dilationW, g.padW), g.W)
  );
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function pair(min: number, max: number): fc.Arbitrary<[number, number]> {
  return fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
}
