import { batchNorm2dBackward, batchNorm2dForward } from "../batch-norm2d.js";
import {
  batchNormCase,
  batchNormDifferentiable,
  sampleBatchNormOptions,
} from "./batch-norm-cases.js";
import { between, type CatalogEntry, unequal } from "./entry.js";

export const batchNorm2d: CatalogEntry = {
  layer: "batchNorm2d",
  differentiable: batchNormDifferentiable("batchNorm2d", {
    forward: batchNorm2dForward,
    backward: batchNorm2dBackward,
  }),
  cases: (random) => [
    batchNormCase(random, [2, 3, 4, 5], { training: true }),
    batchNormCase(random, [3, 2, 1, 4], { epsilon: 0.1, momentum: 0.3, training: true }),
    batchNormCase(random, [2, 3, 4, 1], { epsilon: 1e-3, training: false }),
  ],
  sample: (random) =>
    batchNormCase(
      random,
      [between(random, 2, 4), between(random, 1, 3), ...unequal(random, 2, 5)],
      sampleBatchNormOptions(random),
    ),
};
