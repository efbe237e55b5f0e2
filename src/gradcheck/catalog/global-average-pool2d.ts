import { globalAveragePool2dBackward, globalAveragePool2dForward } from "../../backprop/index.js";
import { between, layerEntry, unequal, uniform } from "./entry.js";

export const globalAveragePool2d = layerEntry({
  layer: "globalAveragePool2d",
  linear: ["x"],
  forward: ({ x }) => globalAveragePool2dForward(x!),
  backward: globalAveragePool2dBackward,
  cases: (random) => [{ options: {}, inputs: { x: uniform(random, [2, 3, 4, 5]) } }],
  sample: (random) => ({
    options: {},
    inputs: {
      x: uniform(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 6)]),
    },
  }),
});
