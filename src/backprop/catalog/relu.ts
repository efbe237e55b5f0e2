import { signsOf } from "../gradient-check/differentiable.js";
import { reluBackward, reluForward } from "../relu.js";
import { between, type CatalogEntry, spread, unequal } from "./entry.js";

export const relu: CatalogEntry = {
  layer: "relu",
  differentiable:
    (_options, backend) =>
    async ({ x }) => {
      const { out, cache } = await reluForward(x!, backend);
      return {
        out,
        choices: [signsOf(x!)],
        backward: async (dOut) => ({ x: (await reluBackward(dOut, cache, backend)).dX }),
      };
    },
  cases: (random) => [{ options: {}, inputs: { x: spread(random, [2, 3, 4, 5]) } }],
  sample: (random) => ({
    options: {},
    inputs: {
      x: spread(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 6)]),
    },
  }),
};
