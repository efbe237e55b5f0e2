import {
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  type SoftmaxCrossEntropyOptions,
} from "../../backprop/index.js";
import { reject } from "../../tensor/index.js";
import { between, layerEntry, uniform } from "./entry.js";

/** The classes are no tensor, and so they come as an option. */
interface LossOptions extends SoftmaxCrossEntropyOptions {
  readonly target?: unknown;
}

/** Softmax and cross-entropy in one, with cases to check it in. */
export const softmaxCrossEntropy = layerEntry({
  layer: "softmaxCrossEntropy",
  forward: async ({ logits }, { target, ...options }: LossOptions) => {
    if (!Array.isArray(target))
      reject(
        "softmaxCrossEntropy",
        "the option target to be an array of classes",
        target === undefined ? "none" : JSON.stringify(target),
      );
    return softmaxCrossEntropyForward(logits!, target as number[], options);
  },
  backward: softmaxCrossEntropyBackward,
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
});
