/**
 * Every layer and loss in one list, each as a function with named inputs and gradients. The gradient check runs over
 * it, and so does the comparison with recorded results: a layer that is in the list is checked by both.
 */
import type { WindowOptions } from "../im2col/index.js";
import { type Backend, reference } from "../kernels/index.js";
import { type Random, reject, Tensor } from "../tensor/index.js";
import { affineBackward, affineForward } from "./affine.js";
import { averagePool2dBackward, averagePool2dForward } from "./average-pool2d.js";
import { conv2dBackward, conv2dForward, type Conv2dOptions } from "./conv2d.js";
import { flattenBackward, flattenForward } from "./flatten.js";
import { globalAveragePool2dBackward, globalAveragePool2dForward } from "./global-average-pool2d.js";
import type { Differentiable, NamedTensors } from "./gradient-check.js";
import { maxPool2dBackward, maxPool2dForward } from "./max-pool2d.js";
import { meanSquaredErrorBackward, meanSquaredErrorForward } from "./mean-squared-error.js";
import { reluBackward, reluForward } from "./relu.js";
import { softmaxCrossEntropyBackward, softmaxCrossEntropyForward } from "./softmax-cross-entropy.js";
import { softmaxBackward, softmaxForward } from "./softmax.js";

/** Options of a layer as they stand in a file: names and values. */
export type LayerOptions = Readonly<Record<string, unknown>>;

/** A set of options and inputs on which a layer is checked. */
export interface CatalogCase {
  readonly options: LayerOptions;
  readonly inputs: NamedTensors;
}

export interface CatalogEntry {
  /** The layer's name, as in files and on the command line: `conv2d`. */
  readonly layer: string;
  /** The layer as a function of its named inputs. */
  readonly differentiable: (options: LayerOptions, backend?: Backend) => Differentiable;
  /** Inputs that it is not differentiated in. */
  readonly constants?: readonly string[];
  /** Random float64 cases for the gradient check, none of them symmetric in H and W, all away from kinks. */
  readonly cases: (random: Random) => CatalogCase[];
}

const conv2d: CatalogEntry = {
  layer: "conv2d",
  differentiable: (options, backend) => async ({ x, weight, bias }) => {
    const { out, cache } = await conv2dForward(x!, weight!, bias ?? null, options as Conv2dOptions, backend);
    return {
      out,
      backward: async (dOut) => {
        const { dX, dWeight, dBias } = await conv2dBackward(dOut, cache, backend);
        return { x: dX, weight: dWeight, ...(dBias === null ? {} : { bias: dBias }) };
      },
    };
  },
  cases: (random) => {
    const make = (x: number[], weight: number[], options: Conv2dOptions, hasBias = true): CatalogCase => ({
      options: { kernelSize: weight.slice(2), ...options },
      inputs: { x: uniform(random, x), weight: uniform(random, weight), ...(hasBias ? { bias: uniform(random, [weight[0]!]) } : {}) },
    });
    return [
      make([2, 3, 5, 6], [4, 3, 3, 2], {}),
      make([2, 2, 7, 5], [3, 2, 2, 3], { stride: [2, 1], padding: [0, 2] }),
      make([1, 2, 8, 7], [2, 2, 3, 2], { stride: [1, 2], padding: [2, 1], dilation: [2, 3] }),
      make([2, 1, 6, 9], [3, 1, 1, 4], { stride: [3, 2], padding: [1, 0] }, false),
      make([2, 4, 5, 6], [6, 2, 2, 3], { stride: [1, 2], padding: [1, 2], groups: 2 }),
    ];
  },
};

const affine: CatalogEntry = {
  layer: "affine",
  differentiable: (_options, backend) => async ({ x, weight, bias }) => {
    const { out, cache } = await affineForward(x!, weight!, bias ?? null, backend);
    return {
      out,
      backward: async (dOut) => {
        const { dX, dWeight, dBias } = await affineBackward(dOut, cache, backend);
        return { x: dX, weight: dWeight, ...(dBias === null ? {} : { bias: dBias }) };
      },
    };
  },
  cases: (random) => [
    { options: {}, inputs: { x: uniform(random, [5, 7]), weight: uniform(random, [3, 7]), bias: uniform(random, [3]) } },
    { options: {}, inputs: { x: uniform(random, [2, 3]), weight: uniform(random, [5, 3]) } },
  ],
};

const relu: CatalogEntry = {
  layer: "relu",
  differentiable: (_options, backend) => async ({ x }) => {
    const { out, cache } = await reluForward(x!, backend);
    return { out, backward: async (dOut) => ({ x: (await reluBackward(dOut, cache, backend)).dX }) };
  },
  cases: (random) => [{ options: {}, inputs: { x: spread(random, [2, 3, 4, 5]) } }],
};

const flatten: CatalogEntry = {
  layer: "flatten",
  differentiable: () => async ({ x }) => {
    const { out, cache } = await flattenForward(x!);
    return { out, backward: async (dOut) => ({ x: (await flattenBackward(dOut, cache)).dX }) };
  },
  cases: (random) => [{ options: {}, inputs: { x: uniform(random, [3, 2, 4, 5]) } }],
};

const maxPool2d: CatalogEntry = {
  layer: "maxPool2d",
  differentiable: (options, backend = reference) => async ({ x }) => {
    const { out, cache } = await maxPool2dForward(x!, options as unknown as WindowOptions, backend);
    return { out, backward: async (dOut) => ({ x: (await maxPool2dBackward(dOut, cache, backend)).dX }) };
  },
  cases: (random) =>
    poolingCases.map((options, i) => ({ options, inputs: { x: spread(random, [2, 1 + i, 7, 8]) } })).concat([
      { options: { kernelSize: [2, 3], stride: [2, 1], dilation: [2, 1] }, inputs: { x: spread(random, [1, 2, 6, 7]) } },
    ]),
};

const averagePool2d: CatalogEntry = {
  layer: "averagePool2d",
  differentiable: (options, backend) => async ({ x }) => {
    const { out, cache } = await averagePool2dForward(x!, options as unknown as WindowOptions, backend);
    return { out, backward: async (dOut) => ({ x: (await averagePool2dBackward(dOut, cache, backend)).dX }) };
  },
  cases: (random) => poolingCases.map((options, i) => ({ options, inputs: { x: uniform(random, [2, 1 + i, 7, 8]) } })),
};

const poolingCases: readonly LayerOptions[] = [
  { kernelSize: [2, 3] },
  { kernelSize: [3, 2], stride: [1, 2] },
  { kernelSize: [3, 4], stride: [2, 3], padding: [1, 2] },
];

const globalAveragePool2d: CatalogEntry = {
  layer: "globalAveragePool2d",
  differentiable: () => async ({ x }) => {
    const { out, cache } = await globalAveragePool2dForward(x!);
    return { out, backward: async (dOut) => ({ x: (await globalAveragePool2dBackward(dOut, cache)).dX }) };
  },
  cases: (random) => [{ options: {}, inputs: { x: uniform(random, [2, 3, 4, 5]) } }],
};

const softmax: CatalogEntry = {
  layer: "softmax",
  differentiable: () => async ({ x }) => {
    const { out, cache } = await softmaxForward(x!);
    return { out, backward: async (dOut) => ({ x: (await softmaxBackward(dOut, cache)).dX }) };
  },
  cases: (random) => [{ options: {}, inputs: { x: uniform(random, [3, 2, 5]) } }],
};

const softmaxCrossEntropy: CatalogEntry = {
  layer: "softmaxCrossEntropy",
  differentiable: (options) => async ({ logits }) => {
    const { target, ...rest } = options as { target?: number[]; labelSmoothing?: number };
    if (!Array.isArray(target)) reject("softmaxCrossEntropy", "the option target to be an array of classes", target === undefined ? "none" : JSON.stringify(target));
    const { out, cache } = await softmaxCrossEntropyForward(logits!, target, rest);
    return { out, backward: async (dOut) => ({ logits: (await softmaxCrossEntropyBackward(dOut, cache)).dLogits }) };
  },
  cases: (random) => [
    { options: { target: [4, 1, 1, 0] }, inputs: { logits: uniform(random, [4, 5]) } },
    { options: { target: [2, 0, 3], labelSmoothing: 0.1 }, inputs: { logits: uniform(random, [3, 4]) } },
  ],
};

const meanSquaredError: CatalogEntry = {
  layer: "meanSquaredError",
  constants: ["target"],
  differentiable: () => async ({ prediction, target }) => {
    const { out, cache } = await meanSquaredErrorForward(prediction!, target!);
    return { out, backward: async (dOut) => ({ prediction: (await meanSquaredErrorBackward(dOut, cache)).dPrediction }) };
  },
  cases: (random) => [{ options: {}, inputs: { prediction: uniform(random, [3, 4, 2]), target: uniform(random, [3, 4, 2]) } }],
};

/** All layers and losses, in the order in which the derivations treat them. */
export const catalog: readonly CatalogEntry[] = [
  affine,
  flatten,
  relu,
  softmax,
  softmaxCrossEntropy,
  meanSquaredError,
  conv2d,
  maxPool2d,
  averagePool2d,
  globalAveragePool2d,
];

function uniform(random: Random, shape: readonly number[]): Tensor {
  return random.uniform(shape, -1, 1, "float64");
}

/** Numbers in random order that are at least 0.05 apart from each other and from 0, so that no step of a check crosses a kink. */
function spread(random: Random, shape: readonly number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return Tensor.from(Float64Array.from(random.permutation(size), (rank) => 0.1 * (rank - Math.floor(size / 2)) + 0.05), shape, "float64");
}
