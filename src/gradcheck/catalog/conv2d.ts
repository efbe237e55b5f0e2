import { conv2dBackward, conv2dForward, type Conv2dOptions } from "../../backprop/index.js";
import type { Random } from "../../tensor/index.js";
import { between, type CatalogCase, layerEntry, unequal, uniform } from "./entry.js";

function makeCase(
  random: Random,
  x: readonly number[],
  weight: readonly number[],
  options: Conv2dOptions,
  hasBias = true,
): CatalogCase {
  return {
    options: { kernelSize: weight.slice(2), ...options },
    inputs: {
      x: uniform(random, x),
      weight: uniform(random, weight),
      ...(hasBias ? { bias: uniform(random, [weight[0]!]) } : {}),
    },
  };
}

/** A convolution, with cases to check it in. */
export const conv2d = layerEntry({
  layer: "conv2d",
  linear: ["x", "weight", "bias"],
  forward: ({ x, weight, bias }, options: Conv2dOptions, backend) =>
    conv2dForward(x!, weight!, bias ?? null, options, backend),
  backward: conv2dBackward,
  cases: (random) => [
    makeCase(random, [2, 3, 5, 6], [4, 3, 3, 2], {}),
    makeCase(random, [2, 2, 7, 5], [3, 2, 2, 3], { stride: [2, 1], padding: [0, 2] }),
    makeCase(random, [1, 2, 8, 7], [2, 2, 3, 2], {
      stride: [1, 2],
      padding: [2, 1],
      dilation: [2, 3],
    }),
    makeCase(random, [2, 1, 6, 9], [3, 1, 1, 4], { stride: [3, 2], padding: [1, 0] }, false),
    makeCase(random, [2, 4, 5, 6], [6, 2, 2, 3], { stride: [1, 2], padding: [1, 2], groups: 2 }),
    // depthwise: G = C, two filters for each channel
    makeCase(random, [2, 3, 6, 5], [6, 1, 3, 2], { stride: [2, 1], padding: [1, 0], groups: 3 }),
  ],
  sample: (random) => {
    const [kernelSize, stride, padding, dilation] = [
      unequal(random, 1, 3),
      unequal(random, 1, 3),
      unequal(random, 0, 2),
      unequal(random, 1, 3),
    ];
    const least = kernelSize.map((k, axis) =>
      Math.max(1, dilation[axis]! * (k - 1) + 1 - 2 * padding[axis]!),
    );
    // The second extent moves on if both came out alike.
    const H = least[0]! + random.integer(3);
    const W = least[1]! + random.integer(3);
    const [groups, N] = [between(random, 1, 3), between(random, 1, 2)];
    const [channelsPerGroup, filtersPerGroup] = [between(random, 1, 2), between(random, 1, 2)];
    const weight = [groups * filtersPerGroup, channelsPerGroup, ...kernelSize];
    return makeCase(
      random,
      [N, groups * channelsPerGroup, H, W === H ? W + 1 : W],
      weight,
      { stride, padding, dilation, groups },
      random.integer(4) > 0,
    );
  },
});
