import { geluBackward, geluForward } from "../gelu.js";
import { between, type CatalogEntry, unequal, uniform } from "./entry.js";

export const gelu: CatalogEntry = {
  layer: "gelu",
  differentiable: () => async ({ x }) => {
    const { out, cache } = await geluForward(x!);
    return { out, backward: async (dOut) => ({ x: (await geluBackward(dOut, cache)).dX }) };
  },
  cases: (random) => [{ options: {}, inputs: { x: uniform(random, [2, 3, 4, 5]) } }],
  sample: (random) => ({ options: {}, inputs: { x: uniform(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 6)]) } }),
};
