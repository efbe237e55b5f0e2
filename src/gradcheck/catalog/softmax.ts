import { softmaxBackward, softmaxForward } from "../../backprop/index.js";
import { between, layerEntry, uniform } from "./entry.js";

export const softmax = layerEntry({
  layer: "softmax",
  forward: ({ x }) => softmaxForward(x!),
  backward: softmaxBackward,
  cases: (random) => [{ options: {}, inputs: { x: uniform(random, [3, 2, 5]) } }],
  sample: (random) => ({
    options: {},
    inputs: {
      x: uniform(random, [between(random, 1, 3), between(random, 1, 4), between(random, 2, 6)]),
    },
  }),
});
