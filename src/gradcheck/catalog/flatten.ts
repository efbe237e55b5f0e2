import { flattenBackward, flattenForward } from "../../backprop/index.js";
import { between, layerEntry, uniform, unequal } from "./entry.js";

export const flatten = layerEntry({
  layer: "flatten",
  linear: ["x"],
  forward: ({ x }) => flattenForward(x!),
  backward: flattenBackward,
  cases: (random) => [{ options: {}, inputs: { x: uniform(random, [3, 2, 4, 5]) } }],
  sample: (random) => ({
    options: {},
    inputs: {
      x: uniform(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 5)]),
    },
  }),
});
