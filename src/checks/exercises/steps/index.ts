/** How each layer's backward is led up to, by the layer's name in the catalog. */
import { activations } from "./activations.js";
import { affine, flatten } from "./affine.js";
import { conv2d } from "./convolution.js";
import { dropout } from "./dropout.js";
import { batchNormPool2d, convPool2d, reluPool2d } from "./fused.js";
import { losses } from "./losses.js";
import { normalisation } from "./normalisation.js";
import { averagePool2d, globalAveragePool2d, maxPool2d } from "./pooling.js";
import { leakyRelu, relu } from "./rectifiers.js";
import { residual } from "./residual.js";
import type { StepsOfLayer } from "./step.js";

export { stepsToLoops } from "./loops.js";
export type { Step, StepsOfLayer } from "./step.js";

/** By layer: every one of the catalog. */
export const stepsOf: Readonly<Record<string, StepsOfLayer>> = {
  affine,
  flatten,
  relu,
  leakyRelu,
  ...activations,
  ...losses,
  conv2d,
  maxPool2d,
  averagePool2d,
  globalAveragePool2d,
  ...normalisation,
  ...dropout,
  ...residual,
  reluPool2d,
  convPool2d,
  batchNormPool2d,
};
