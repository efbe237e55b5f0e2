import { meanSquaredErrorBackward, meanSquaredErrorForward } from "../../backprop/index.js";
import { between, layerEntry, uniform } from "./entry.js";

export const meanSquaredError = layerEntry({
  layer: "meanSquaredError",
  constants: ["target"],
  forward: ({ prediction, target }) => meanSquaredErrorForward(prediction!, target!),
  backward: meanSquaredErrorBackward,
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
});
