import { maxPool2dBackward, maxPool2dForward, winnersOf } from "../../backprop/index.js";
import type { WindowOptions } from "../../im2col/index.js";
import { Tensor } from "../../tensor/index.js";
import { layerEntry, spread } from "./entry.js";
import { poolingOptions, samplePooling } from "./pooling-cases.js";

/** Max pooling, with cases to check it in. */
export const maxPool2d = layerEntry({
  layer: "maxPool2d",
  forward: ({ x }, options: WindowOptions, backend) => maxPool2dForward(x!, options, backend),
  backward: maxPool2dBackward,
  choices: async ({ argmax, outShape }, backend) => [
    winnersOf((await backend.read(argmax)).data, outShape),
  ],
  cases: (random) => [
    ...poolingOptions.map((options, i) => ({
      options,
      inputs: { x: spread(random, [2, 1 + i, 7, 8]) },
    })),
    {
      options: { kernelSize: [2, 3], stride: [2, 1], dilation: [2, 1] },
      inputs: { x: spread(random, [1, 2, 6, 7]) },
    },
  ],
  sample: (random) => {
    const { options, shape } = samplePooling(random);
    return { options, inputs: { x: spread(random, shape) } };
  },
  kinks: [
    {
      options: { kernelSize: [2, 2] },
      inputs: { x: Tensor.from([3, 3, 1, 5, 2, 3, 5, 5], [1, 1, 2, 4], "float64") },
      convention: "where entries of a window tie, the first in row-major order wins",
      tag: "pooling.2",
      gradients: ({ data: [first, second] }) => ({ x: [first!, 0, 0, second!, 0, 0, 0, 0] }),
    },
  ],
});
