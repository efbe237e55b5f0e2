import { batchNorm1dBackward, batchNorm1dForward } from "../batch-norm1d.js";
import {
  batchNormCase,
  batchNormDifferentiable,
  sampleBatchNormOptions,
} from "./batch-norm-cases.js";
import { between, type CatalogEntry } from "./entry.js";

export const batchNorm1d: CatalogEntry = {
  layer: "batchNorm1d",
  differentiable: batchNormDifferentiable("batchNorm1d", {
    forward: batchNorm1dForward,
    backward: batchNorm1dBackward,
  }),
  cases: (random) => [
    batchNormCase(random, [7, 4], { training: true }),
    batchNormCase(random, [3, 2, 5], { epsilon: 0.1, momentum: 0.3, training: true }),
    batchNormCase(random, [1, 5], { epsilon: 1e-3, training: false }),
  ],
  sample: (random) => {
    const [N, C, length] = [between(random, 4, 9), between(random, 1, 4), between(random, 0, 3)];
    return batchNormCase(
      random,
      length === 0 ? [N, C] : [N, C, length],
      sampleBatchNormOptions(random),
    );
  },
};
