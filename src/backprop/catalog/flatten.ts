import { flattenBackward, flattenForward } from "../flatten.js";
import { between, type CatalogEntry, uniform, unequal } from "./entry.js";

export const flatten: CatalogEntry = {
  layer: "flatten",
  linear: ["x"],
  differentiable:
    () =>
    async ({ x }) => {
      const { out, cache } = await flattenForward(x!);
      return { out, backward: async (dOut) => ({ x: (await flattenBackward(dOut, cache)).dX }) };
    },
  cases: (random) => [{ options: {}, inputs: { x: uniform(random, [3, 2, 4, 5]) } }],
  sample: (random) => ({
    options: {},
    inputs: {
      x: uniform(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 5)]),
    },
  }),
};
