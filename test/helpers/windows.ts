import * as fc from "fast-check";

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

function pair(min: number, max: number): fc.Arbitrary<[number, number]> {
  return fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
}
