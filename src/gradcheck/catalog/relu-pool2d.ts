import { reluPool2dBackward, reluPool2dForward, winnersOf } from "../../backprop/index.js";
import type { WindowOptions } from "../../im2col/index.js";
import { layerEntry, spread } from "./entry.js";
import { poolingOptions, samplePooling } from "./pooling-cases.js";

export const reluPool2d = layerEntry({
  layer: "reluPool2d",
  forward: ({ x }, options: WindowOptions, backend) => reluPool2dForward(x!, options, backend),
  backward: reluPool2dBackward,
  choices: async ({ argmax, outShape }, backend) => [
    winnersOf((await backend.read(argmax)).data, outShape),
  ],
  cases: (random) =>
    poolingOptions.map((options, i) => ({
      options,
      inputs: { x: spread(random, [2, 1 + i, 7, 8]) },
    })),
  sample: (random) => {
    const { options, shape } = samplePooling(random);
    return { options, inputs: { x: spread(random, shape) } };
  },
});
