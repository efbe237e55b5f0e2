/** Every layer's mistakes, by the layer's name in the catalog. */
import { affine } from "./affine.js";
import { averagePool2d } from "./average-pool2d.js";
import { batchNorm1d } from "./batch-norm1d.js";
import { batchNorm2d } from "./batch-norm2d.js";
import { conv2d } from "./conv2d.js";
import { dropout } from "./dropout.js";
import { elu } from "./elu.js";
import { flatten } from "./flatten.js";
import { gelu } from "./gelu.js";
import { globalAveragePool2d } from "./global-average-pool2d.js";
import { layerNorm } from "./layer-norm.js";
import { leakyRelu } from "./leaky-relu.js";
import { maxPool2d } from "./max-pool2d.js";
import { meanSquaredError } from "./mean-squared-error.js";
import { relu } from "./relu.js";
import { residual } from "./residual.js";
import { sigmoid } from "./sigmoid.js";
import { silu } from "./silu.js";
import { softmax } from "./softmax.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
import { softplus } from "./softplus.js";
import { tanh } from "./tanh.js";
import { batchNormPool2d } from "./batch-norm-pool2d.js";
import { convPool2d } from "./conv-pool2d.js";
import { reluPool2d } from "./relu-pool2d.js";
import type { Mistaken } from "./mistaken.js";

export type { Mistaken, MistakenPoint } from "./mistaken.js";

const MISTAKEN: Readonly<Record<string, readonly Mistaken[]>> = {
  affine,
  averagePool2d,
  batchNorm1d,
  batchNorm2d,
  conv2d,
  dropout,
  elu,
  flatten,
  gelu,
  globalAveragePool2d,
  layerNorm,
  leakyRelu,
  maxPool2d,
  meanSquaredError,
  relu,
  residual,
  sigmoid,
  silu,
  softmax,
  softmaxCrossEntropy,
  softplus,
  tanh,
  reluPool2d,
  convPool2d,
  batchNormPool2d,
};

/** The mistakes that are special to a layer; none for one that nothing is known of. */
export function mistakenOf(layer: string): readonly Mistaken[] {
  return Object.hasOwn(MISTAKEN, layer) ? MISTAKEN[layer]! : [];
}
