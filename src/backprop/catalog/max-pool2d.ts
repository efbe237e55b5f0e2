import type { WindowOptions } from "../../im2col/index.js";
import { reference } from "../../kernels/index.js";
import { winnersOf } from "../gradient-check/differentiable.js";
import { maxPool2dBackward, maxPool2dForward } from "../max-pool2d.js";
import { type CatalogEntry, spread } from "./entry.js";
import { poolingOptions, samplePooling } from "./pooling-cases.js";

export const maxPool2d: CatalogEntry = {
  layer: "maxPool2d",
  differentiable:
    (options, backend = reference) =>
    async ({ x }) => {
      const { out, cache } = await maxPool2dForward(
        x!,
        options as unknown as WindowOptions,
        backend,
      );
      return {
        out,
        choices: [winnersOf(cache.argmax, cache.outShape)],
        backward: async (dOut) => ({ x: (await maxPool2dBackward(dOut, cache, backend)).dX }),
      };
    },
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
};
