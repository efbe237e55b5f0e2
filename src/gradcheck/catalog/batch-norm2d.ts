import { batchNorm2dBackward, batchNorm2dForward } from "../../backprop/index.js";
import { batchNormCase, batchNormForward, sampleBatchNormOptions } from "./batch-norm-cases.js";
import { between, layerEntry, unequal } from "./entry.js";

/** Batch normalisation of images, with cases to check it in. */
export const batchNorm2d = layerEntry({
  layer: "batchNorm2d",
  forward: batchNormForward("batchNorm2d", batchNorm2dForward),
  backward: batchNorm2dBackward,
  cases: (random) => [
    batchNormCase(random, [2, 3, 4, 5], { mode: "train" }),
    batchNormCase(random, [3, 2, 1, 4], { epsilon: 0.1, momentum: 0.3, mode: "train" }),
    batchNormCase(random, [2, 3, 4, 1], { epsilon: 1e-3, mode: "evaluate" }),
  ],
  sample: (random) =>
    batchNormCase(
      random,
      [between(random, 2, 4), between(random, 1, 3), ...unequal(random, 2, 5)],
      sampleBatchNormOptions(random),
    ),
});
