import { meanSquaredErrorBackward, meanSquaredErrorForward } from "../mean-squared-error.js";
import { between, type CatalogEntry, uniform } from "./entry.js";

export const meanSquaredError: CatalogEntry = {
  layer: "meanSquaredError",
  constants: ["target"],
  differentiable:
    () =>
    async ({ prediction, target }) => {
      const { out, cache } = await meanSquaredErrorForward(prediction!, target!);
      return {
        out,
        backward: async (dOut) => ({
          prediction: (await meanSquaredErrorBackward(dOut, cache)).dPrediction,
        }),
      };
    },
  cases: (random) => [
    {
      options: {},
      inputs: { prediction: uniform(random, [3, 4, 2]), target: uniform(random, [3, 4, 2]) },
    },
  ],
  sample: (random) => {
    const shape = [between(random, 1, 4), between(random, 1, 5), between(random, 1, 3)];
    return {
      options: {},
      inputs: { prediction: uniform(random, shape), target: uniform(random, shape) },
    };
  },
};
