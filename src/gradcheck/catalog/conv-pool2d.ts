import {
  convPool2dBackward,
  convPool2dForward,
  type ConvPool2dOptions,
  winnersOf,
} from "../../backprop/index.js";
import type { Random } from "../../tensor/index.js";
import { between, type CatalogCase, layerEntry, spread, unequal, uniform } from "./entry.js";
import { samplePooling } from "./pooling-cases.js";

/**
 * The pixels are far apart, and large weights set sums of several further apart, while a step of
 * the check stays as small. Some may still come close to each other or to 0, and then a kink is
 * shown for what it is.
 */
function makeCase(
  random: Random,
  x: readonly number[],
  weight: readonly number[],
  options: ConvPool2dOptions,
  hasBias = true,
): CatalogCase {
  return {
    options: { ...options },
    inputs: {
      x: spread(random, x),
      weight: random.uniform(weight, -4, 4, "float64"),
      ...(hasBias ? { bias: uniform(random, [weight[0]!]) } : {}),
    },
  };
}

const ONE: [number, number] = [1, 1];

export const convPool2d = layerEntry({
  layer: "convPool2d",
  forward: ({ x, weight, bias }, options: ConvPool2dOptions, backend) =>
    convPool2dForward(x!, weight!, bias ?? null, options, backend),
  backward: convPool2dBackward,
  choices: async ({ argmax, outShape }, backend) => [
    winnersOf((await backend.read(argmax)).data, outShape),
  ],
  cases: (random) => [
    makeCase(random, [2, 3, 5, 8], [4, 3, 2, 3], {
      conv: {},
      pool: { kernelSize: 2 },
      rectify: true,
    }),
    makeCase(random, [2, 2, 6, 5], [3, 2, 3, 2], {
      conv: { padding: [1, 0] },
      pool: { kernelSize: [2, 3], stride: [2, 1], padding: [1, 0] },
      rectify: true,
    }),
    makeCase(
      random,
      [2, 1, 7, 6],
      [3, 1, 2, 1],
      { conv: { padding: [0, 1] }, pool: { kernelSize: [3, 2], stride: [1, 2] }, rectify: false },
      false,
    ),
    makeCase(random, [2, 2, 5, 7], [3, 2, 2, 1], {
      conv: { stride: [1, 2], dilation: [2, 1] },
      pool: { kernelSize: [2, 3], stride: [2, 1], padding: [0, 1] },
      rectify: true,
    }),
  ],
  sample: (random) => {
    const { options: pool, shape } = samplePooling(random);
    const [N, C, H, W] = shape as [number, number, number, number];
    const [kH, kW] = [between(random, 1, 3), between(random, 1, 2)];
    const apart = unequal(random, 1, 2);
    const [stride, dilation] = random.integer(2) === 0 ? [apart, ONE] : [ONE, apart];
    // the image whose convolution, without padding, is [H, W]
    const [fullH, fullW] = [H, W].map(
      (extent, axis) => (extent - 1) * stride[axis]! + dilation[axis]! * ([kH, kW][axis]! - 1) + 1,
    ) as [number, number];
    const padding: [number, number] = [fullH > 2 ? 1 : 0, fullH <= 2 && fullW > 2 ? 1 : 0];
    const [inH, inW] = [fullH - 2 * padding[0], fullW - 2 * padding[1]];
    const x = [N, C, inH, inH === inW ? inW + 1 : inW];
    const options = { conv: { stride, dilation, padding }, pool, rectify: random.integer(2) === 0 };
    return makeCase(random, x, [between(random, 1, 3), C, kH, kW], options, random.integer(3) > 0);
  },
});
