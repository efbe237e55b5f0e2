import { reluPool2dBackward, reluPool2dForward, winnersOf } from "../../backprop/index.js";
import type { WindowOptions } from "../../im2col/index.js";
import { Tensor } from "../../tensor/index.js";
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
  kinks: [
    {
      options: { kernelSize: [2, 2] },
      inputs: { x: Tensor.from([3, 3, -1, 0, 2, 3, 0, -2], [1, 1, 2, 4], "float64") },
      convention:
        "where entries of a window tie, the first wins; where the largest is 0, none does",
      tag: "fused.1a",
      gradients: ({ data: [first] }) => ({ x: [first!, 0, 0, 0, 0, 0, 0, 0] }),
    },
  ],
});
