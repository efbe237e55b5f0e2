import { eluBackward, eluForward } from "../elu.js";
import { between, type CatalogEntry, spread, unequal } from "./entry.js";

export const elu: CatalogEntry = {
  layer: "elu",
  differentiable: () => async ({ x }) => {
    const { out, cache } = await eluForward(x!);
    return { out, backward: async (dOut) => ({ x: (await eluBackward(dOut, cache)).dX }) };
  },
  cases: (random) => [{ options: {}, inputs: { x: spread(random, [2, 3, 4, 5]) } }],
  sample: (random) => ({ options: {}, inputs: { x: spread(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 6)]) } }),
};
