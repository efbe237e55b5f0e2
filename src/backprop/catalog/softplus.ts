import { softplusBackward, softplusForward } from "../softplus.js";
import { between, type CatalogEntry, unequal, uniform } from "./entry.js";

export const softplus: CatalogEntry = {
  layer: "softplus",
  differentiable: () => async ({ x }) => {
    const { out, cache } = await softplusForward(x!);
    return { out, backward: async (dOut) => ({ x: (await softplusBackward(dOut, cache)).dX }) };
  },
  cases: (random) => [{ options: {}, inputs: { x: uniform(random, [2, 3, 4, 5]) } }],
  sample: (random) => ({ options: {}, inputs: { x: uniform(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 6)]) } }),
};
