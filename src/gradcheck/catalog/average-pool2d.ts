import { averagePool2dBackward, averagePool2dForward } from "../../backprop/index.js";
import type { WindowOptions } from "../../im2col/index.js";
import { layerEntry, uniform } from "./entry.js";
import { poolingOptions, samplePooling } from "./pooling-cases.js";

/** Average pooling, with cases to check it in. */
export const averagePool2d = layerEntry({
  layer: "averagePool2d",
  linear: ["x"],
  forward: ({ x }, options: WindowOptions, backend) => averagePool2dForward(x!, options, backend),
  backward: averagePool2dBackward,
  cases: (random) =>
    poolingOptions.map((options, i) => ({
      options,
      inputs: { x: uniform(random, [2, 1 + i, 7, 8]) },
    })),
  sample: (random) => {
    const { options, shape } = samplePooling(random);
    return { options, inputs: { x: uniform(random, shape) } };
  },
});
