import {
  globalAveragePool2dBackward,
  globalAveragePool2dForward,
} from "../global-average-pool2d.js";
import { between, type CatalogEntry, unequal, uniform } from "./entry.js";

export const globalAveragePool2d: CatalogEntry = {
  layer: "globalAveragePool2d",
  linear: ["x"],
  differentiable:
    () =>
    async ({ x }) => {
      const { out, cache } = await globalAveragePool2dForward(x!);
      return {
        out,
        backward: async (dOut) => ({ x: (await globalAveragePool2dBackward(dOut, cache)).dX }),
      };
    },
  cases: (random) => [{ options: {}, inputs: { x: uniform(random, [2, 3, 4, 5]) } }],
  sample: (random) => ({
    options: {},
    inputs: {
      x: uniform(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 6)]),
    },
  }),
};
