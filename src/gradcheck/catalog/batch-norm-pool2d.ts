import {
  batchNormPool2dBackward,
  batchNormPool2dForward,
  winnersOf,
} from "../../backprop/index.js";
import type { WindowOptions } from "../../im2col/index.js";
import { multiply, type Random } from "../../tensor/index.js";
import { batchNormCase, batchNormForward, sampleBatchNormOptions } from "./batch-norm-cases.js";
import { type CatalogCase, type LayerOptions, layerEntry, spread } from "./entry.js";
import { samplePooling } from "./pooling-cases.js";

/** The options of the normalisation, and beside them those of the pooling. */
interface Options extends LayerOptions {
  readonly pool: WindowOptions;
  readonly rectify: boolean;
}

/** The pixels are apart, so that no step of a check changes a winner. */
function makeCase(
  random: Random,
  x: readonly number[],
  norm: Parameters<typeof batchNormCase>[2],
  pooling: Pick<Options, "pool" | "rectify">,
): CatalogCase {
  const { options, inputs } = batchNormCase(random, x, norm);
  return {
    options: { ...options, ...pooling },
    inputs: { ...inputs, x: multiply(spread(random, x), 0.2) },
  };
}

export const batchNormPool2d = layerEntry({
  layer: "batchNormPool2d",
  forward: (inputs, { pool, rectify, ...options }: Options, backend) =>
    batchNormForward<Awaited<ReturnType<typeof batchNormPool2dForward>>["cache"]>(
      "batchNormPool2d",
      (x, weight, bias, running, norm, on) =>
        batchNormPool2dForward(x, weight, bias, running, { norm, pool, rectify }, on),
    )(inputs, options, backend),
  backward: batchNormPool2dBackward,
  choices: async ({ argmax, outShape }, backend) => [
    winnersOf((await backend.read(argmax)).data, outShape),
  ],
  cases: (random) => [
    makeCase(
      random,
      [2, 3, 5, 6],
      { mode: "train" },
      { pool: { kernelSize: [2, 3] }, rectify: true },
    ),
    makeCase(
      random,
      [3, 2, 4, 5],
      { epsilon: 0.1, momentum: 0.3, mode: "train" },
      { pool: { kernelSize: [3, 2], stride: [1, 2], padding: [1, 0] }, rectify: false },
    ),
    makeCase(
      random,
      [2, 3, 4, 3],
      { epsilon: 1e-3, mode: "evaluate" },
      { pool: { kernelSize: 2, stride: [2, 1] }, rectify: true },
    ),
  ],
  sample: (random) => {
    const { options: pool, shape } = samplePooling(random);
    const [, C, H, W] = shape as [number, number, number, number];
    const x = [2, C, H, W];
    return makeCase(random, x, sampleBatchNormOptions(random), {
      pool,
      rectify: random.integer(2) === 0,
    });
  },
});
