/** How each layer's backward is led up to, by the layer's name in the catalog. */
import { affine, flatten } from "./affine.js";
import { conv2d } from "./convolution.js";
import { batchNormPool2d, convPool2d, reluPool2d } from "./fused.js";
import { averagePool2d, globalAveragePool2d, maxPool2d } from "./pooling.js";
import { leakyRelu, relu } from "./rectifiers.js";
import type { StepsOfLayer } from "./step.js";

export type { Step, StepsOfLayer } from "./step.js";

/** By layer: every one of the catalog. */
export const stepsOf: Readonly<Record<string, StepsOfLayer>> = {
  affine,
  flatten,
  relu,
  leakyRelu,
  conv2d,
  maxPool2d,
  averagePool2d,
  globalAveragePool2d,
  reluPool2d,
  convPool2d,
  batchNormPool2d,
};
