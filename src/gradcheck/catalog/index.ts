/**
 * Every layer and loss in one list, each as a function with named inputs and gradients. The
 * gradient check runs over it, and so does the comparison with recorded results: a layer that is in
 * the list is checked by both.
 */
import { affine } from "./affine.js";
import { averagePool2d } from "./average-pool2d.js";
import { batchNorm1d } from "./batch-norm1d.js";
import { batchNorm2d } from "./batch-norm2d.js";
import { batchNormPool2d } from "./batch-norm-pool2d.js";
import { conv2d } from "./conv2d.js";
import { convPool2d } from "./conv-pool2d.js";
import { elu } from "./elu.js";
import { dropout } from "./dropout.js";
import type { CatalogEntry } from "./entry.js";
import { flatten } from "./flatten.js";
import { gelu } from "./gelu.js";
import { globalAveragePool2d } from "./global-average-pool2d.js";
import { layerNorm } from "./layer-norm.js";
import { leakyRelu } from "./leaky-relu.js";
import { maxPool2d } from "./max-pool2d.js";
import { meanSquaredError } from "./mean-squared-error.js";
import { relu } from "./relu.js";
import { sigmoid } from "./sigmoid.js";
import { silu } from "./silu.js";
import { reluPool2d } from "./relu-pool2d.js";
import { residual } from "./residual.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
import { softmax } from "./softmax.js";
import { softplus } from "./softplus.js";
import { tanh } from "./tanh.js";

export {
  type CatalogCase,
  type CatalogEntry,
  type KinkCase,
  layerEntry,
  layerFile,
  type LayerOptions,
  type LayerPasses,
} from "./entry.js";

// one by one, for those who want some and not all
export {
  affine as affineEntry,
  averagePool2d as averagePool2dEntry,
  batchNorm2d as batchNorm2dEntry,
  conv2d as conv2dEntry,
  maxPool2d as maxPool2dEntry,
  relu as reluEntry,
  softmaxCrossEntropy as softmaxCrossEntropyEntry,
};

/** All layers and losses, in the order in which the derivations treat them. */
export const catalog: readonly CatalogEntry[] = [
  affine,
  flatten,
  relu,
  leakyRelu,
  sigmoid,
  tanh,
  softplus,
  silu,
  gelu,
  elu,
  softmax,
  softmaxCrossEntropy,
  meanSquaredError,
  conv2d,
  maxPool2d,
  averagePool2d,
  globalAveragePool2d,
  batchNorm2d,
  batchNorm1d,
  layerNorm,
  dropout,
  residual,
  reluPool2d,
  convPool2d,
  batchNormPool2d,
];
