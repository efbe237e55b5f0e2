import type { WindowOptions } from "../../im2col/index.js";
import { averagePool2dBackward, averagePool2dForward } from "../average-pool2d.js";
import { type CatalogEntry, uniform } from "./entry.js";
import { poolingOptions, samplePooling } from "./pooling-cases.js";

export const averagePool2d: CatalogEntry = {
  layer: "averagePool2d",
  linear: ["x"],
  differentiable:
    (options, backend) =>
    async ({ x }) => {
      const { out, cache } = await averagePool2dForward(
        x!,
        options as unknown as WindowOptions,
        backend,
      );
      return {
        out,
        backward: async (dOut) => ({ x: (await averagePool2dBackward(dOut, cache, backend)).dX }),
      };
    },
  cases: (random) =>
    poolingOptions.map((options, i) => ({
      options,
      inputs: { x: uniform(random, [2, 1 + i, 7, 8]) },
    })),
  sample: (random) => {
    const { options, shape } = samplePooling(random);
    return { options, inputs: { x: uniform(random, shape) } };
  },
};
