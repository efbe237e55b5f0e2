import { softmaxBackward, softmaxForward } from "../softmax.js";
import { between, type CatalogEntry, uniform } from "./entry.js";

export const softmax: CatalogEntry = {
  layer: "softmax",
  differentiable:
    () =>
    async ({ x }) => {
      const { out, cache } = await softmaxForward(x!);
      return { out, backward: async (dOut) => ({ x: (await softmaxBackward(dOut, cache)).dX }) };
    },
  cases: (random) => [{ options: {}, inputs: { x: uniform(random, [3, 2, 5]) } }],
  sample: (random) => ({
    options: {},
    inputs: {
      x: uniform(random, [between(random, 1, 3), between(random, 1, 4), between(random, 2, 6)]),
    },
  }),
};
