import {
  leakyReluBackward,
  leakyReluForward,
  type LeakyReluOptions,
  signsOf,
} from "../../backprop/index.js";
import { type Random, Tensor } from "../../tensor/index.js";
import { between, type CatalogCase, layerEntry, spread, unequal } from "./entry.js";

function makeCase(
  random: Random,
  shape: readonly number[],
  options: LeakyReluOptions,
): CatalogCase {
  return { options: { ...options }, inputs: { x: spread(random, shape) } };
}

export const leakyRelu = layerEntry({
  layer: "leakyRelu",
  forward: ({ x }, options: LeakyReluOptions, backend) => leakyReluForward(x!, options, backend),
  backward: leakyReluBackward,
  choices: async ({ x }, backend) => [signsOf(await backend.read(x))],
  cases: (random) => [
    makeCase(random, [2, 3, 4, 5], {}),
    makeCase(random, [3, 7], { negativeSlope: 0.2 }),
  ],
  sample: (random) =>
    makeCase(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 6)], {
      negativeSlope: random.next(),
    }),
  kinks: [
    {
      options: { negativeSlope: 0.25 },
      inputs: { x: Tensor.from([-1, 0, 2, 0, 3, -2], [2, 3], "float64") },
      convention: "where x is exactly 0, the slope is taken as negativeSlope",
      tag: "activations.17",
      gradients: ({ data: d }) => ({
        x: [d[0]! / 4, d[1]! / 4, d[2]!, d[3]! / 4, d[4]!, d[5]! / 4],
      }),
    },
  ],
});
