import { reluBackward, reluForward, signsOf } from "../../backprop/index.js";
import { Tensor } from "../../tensor/index.js";
import { between, layerEntry, spread, unequal } from "./entry.js";

/** The rectifier, with cases to check it in. */
export const relu = layerEntry({
  layer: "relu",
  forward: ({ x }, _options, backend) => reluForward(x!, backend),
  backward: reluBackward,
  choices: async ({ x }, backend) => [signsOf(await backend.read(x))],
  cases: (random) => [{ options: {}, inputs: { x: spread(random, [2, 3, 4, 5]) } }],
  sample: (random) => ({
    options: {},
    inputs: {
      x: spread(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 6)]),
    },
  }),
  kinks: [
    {
      options: {},
      inputs: { x: Tensor.from([-1, 0, 2, 0, 3, -2], [2, 3], "float64") },
      convention: "where x is exactly 0, the slope is taken as 0",
      tag: "relu.8",
      gradients: ({ data }) => ({ x: [0, 0, data[2]!, 0, data[4]!, 0] }),
    },
  ],
});
