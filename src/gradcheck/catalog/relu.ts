import { reluBackward, reluForward, signsOf } from "../../backprop/index.js";
import { between, layerEntry, spread, unequal } from "./entry.js";

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
});
