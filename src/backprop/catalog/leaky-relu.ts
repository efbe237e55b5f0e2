import type { Random } from "../../tensor/index.js";
import { signsOf } from "../gradient-check/differentiable.js";
import { leakyReluBackward, leakyReluForward, type LeakyReluOptions } from "../leaky-relu.js";
import { between, type CatalogCase, type CatalogEntry, spread, unequal } from "./entry.js";

function makeCase(
  random: Random,
  shape: readonly number[],
  options: LeakyReluOptions,
): CatalogCase {
  return { options: { ...options }, inputs: { x: spread(random, shape) } };
}

export const leakyRelu: CatalogEntry = {
  layer: "leakyRelu",
  differentiable:
    (options) =>
    async ({ x }) => {
      const { out, cache } = await leakyReluForward(x!, options as LeakyReluOptions);
      return {
        out,
        choices: [signsOf(x!)],
        backward: async (dOut) => ({ x: (await leakyReluBackward(dOut, cache)).dX }),
      };
    },
  cases: (random) => [
    makeCase(random, [2, 3, 4, 5], {}),
    makeCase(random, [3, 7], { negativeSlope: 0.2 }),
  ],
  sample: (random) =>
    makeCase(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 6)], {
      negativeSlope: random.next(),
    }),
};
