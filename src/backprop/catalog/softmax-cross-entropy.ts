import { reject } from "../../tensor/index.js";
import {
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
} from "../softmax-cross-entropy.js";
import { between, type CatalogEntry, uniform } from "./entry.js";

export const softmaxCrossEntropy: CatalogEntry = {
  layer: "softmaxCrossEntropy",
  differentiable:
    (options) =>
    async ({ logits }) => {
      const { target, ...rest } = options as { target?: number[]; labelSmoothing?: number };
      if (!Array.isArray(target))
        reject(
          "softmaxCrossEntropy",
          "the option target to be an array of classes",
          target === undefined ? "none" : JSON.stringify(target),
        );
      const { out, cache } = await softmaxCrossEntropyForward(logits!, target, rest);
      return {
        out,
        backward: async (dOut) => ({
          logits: (await softmaxCrossEntropyBackward(dOut, cache)).dLogits,
        }),
      };
    },
  cases: (random) => [
    { options: { target: [4, 1, 1, 0] }, inputs: { logits: uniform(random, [4, 5]) } },
    {
      options: { target: [2, 0, 3], labelSmoothing: 0.1 },
      inputs: { logits: uniform(random, [3, 4]) },
    },
  ],
  sample: (random) => {
    const [N, C] = [between(random, 1, 6), between(random, 2, 7)];
    const target = Array.from({ length: N }, () => random.integer(C));
    return {
      options: { target, labelSmoothing: random.integer(2) * random.next() },
      inputs: { logits: uniform(random, [N, C]) },
    };
  },
};
