import { batchNorm1dBackward, batchNorm1dForward } from "../../backprop/index.js";
import { batchNormCase, batchNormForward, sampleBatchNormOptions } from "./batch-norm-cases.js";
import { between, layerEntry } from "./entry.js";

export const batchNorm1d = layerEntry({
  layer: "batchNorm1d",
  forward: batchNormForward("batchNorm1d", batchNorm1dForward),
  backward: batchNorm1dBackward,
  cases: (random) => [
    batchNormCase(random, [7, 4], { mode: "train" }),
    batchNormCase(random, [3, 2, 5], { epsilon: 0.1, momentum: 0.3, mode: "train" }),
    batchNormCase(random, [1, 5], { epsilon: 1e-3, mode: "evaluate" }),
  ],
  sample: (random) => {
    const [N, C, length] = [between(random, 4, 9), between(random, 1, 4), between(random, 0, 3)];
    return batchNormCase(
      random,
      length === 0 ? [N, C] : [N, C, length],
      sampleBatchNormOptions(random),
    );
  },
});
