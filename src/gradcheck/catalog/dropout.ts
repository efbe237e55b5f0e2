import { dropoutBackward, dropoutForward, type DropoutOptions } from "../../backprop/index.js";
import { between, layerEntry, unequal, uniform } from "./entry.js";

export const dropout = layerEntry({
  layer: "dropout",
  linear: ["x"],
  forward: ({ x }, options: DropoutOptions, backend) => dropoutForward(x!, options, backend),
  backward: dropoutBackward,
  cases: (random) => [
    { options: { probability: 0.5, seed: 1 }, inputs: { x: uniform(random, [2, 3, 4, 5]) } },
    { options: { probability: 0.2, seed: "a name" }, inputs: { x: uniform(random, [6, 7]) } },
  ],
  sample: (random) => ({
    options: { probability: 0.9 * random.next(), seed: random.integer(1000) },
    inputs: {
      x: uniform(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 6)]),
    },
  }),
});
