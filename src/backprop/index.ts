/**
 * One file per layer or loss, forward and backward side by side, and the checker that proves them.
 */
export {
  type Layer,
  type LayerBuffer,
  type NamedLayer,
  Parameter,
  type PassOptions,
  type StorageOptions,
} from "./layer.js";
export { Chain, everyLayer } from "./chain.js";
export {
  Affine,
  affineBackward,
  type AffineCache,
  affineForward,
  affineInputBackward,
  type AffineLayerOptions,
  affineParametersBackward,
} from "./affine.js";
export {
  AveragePool2d,
  averagePool2dBackward,
  type AveragePool2dCache,
  averagePool2dForward,
} from "./average-pool2d.js";
export type { BatchNormLayerOptions, BatchNormOptions, RunningStatistics } from "./batch-norm.js";
export {
  BatchNorm1d,
  batchNorm1dBackward,
  type BatchNorm1dCache,
  batchNorm1dForward,
} from "./batch-norm1d.js";
export {
  BatchNorm2d,
  batchNorm2dBackward,
  type BatchNorm2dCache,
  batchNorm2dForward,
} from "./batch-norm2d.js";
export {
  Conv2d,
  conv2dBackward,
  type Conv2dCache,
  conv2dForward,
  conv2dInputBackward,
  type Conv2dLayerOptions,
  type Conv2dOptions,
  conv2dParametersBackward,
} from "./conv2d.js";
export { Elu, eluBackward, type EluCache, eluForward } from "./elu.js";
export {
  Dropout,
  dropoutBackward,
  type DropoutCache,
  dropoutForward,
  type DropoutOptions,
} from "./dropout.js";
export { Flatten, flattenBackward, type FlattenCache, flattenForward } from "./flatten.js";
export { Gelu, geluBackward, type GeluCache, geluForward } from "./gelu.js";
export {
  GlobalAveragePool2d,
  globalAveragePool2dBackward,
  type GlobalAveragePool2dCache,
  globalAveragePool2dForward,
} from "./global-average-pool2d.js";
export {
  LayerNorm,
  layerNormBackward,
  type LayerNormCache,
  layerNormForward,
  type LayerNormLayerOptions,
  type LayerNormOptions,
} from "./layer-norm.js";
export {
  LeakyRelu,
  leakyReluBackward,
  type LeakyReluCache,
  leakyReluForward,
  type LeakyReluOptions,
} from "./leaky-relu.js";
export {
  MaxPool2d,
  maxPool2dBackward,
  type MaxPool2dCache,
  maxPool2dForward,
} from "./max-pool2d.js";
export {
  meanSquaredErrorBackward,
  type MeanSquaredErrorCache,
  meanSquaredErrorForward,
} from "./mean-squared-error.js";
export { Relu, reluBackward, type ReluCache, reluForward } from "./relu.js";
export { Sigmoid, sigmoidBackward, type SigmoidCache, sigmoidForward } from "./sigmoid.js";
export { Silu, siluBackward, type SiluCache, siluForward } from "./silu.js";
export {
  type Branch,
  Residual,
  residualBackward,
  type ResidualCache,
  residualForward,
  type ResidualLayerOptions,
} from "./residual.js";
export { softmaxBackward, type SoftmaxCache, softmaxForward } from "./softmax.js";
export { type Moments, moments, standardise, type Standardised } from "./standardise.js";
export {
  softmaxCrossEntropyBackward,
  type SoftmaxCrossEntropyCache,
  softmaxCrossEntropyForward,
  type SoftmaxCrossEntropyOptions,
} from "./softmax-cross-entropy.js";
export { Softplus, softplusBackward, type SoftplusCache, softplusForward } from "./softplus.js";
export { Tanh, tanhBackward, type TanhCache, tanhForward } from "./tanh.js";
export {
  adjointCheck,
  type AdjointResult,
  type Choices,
  type Differentiable,
  type EntryCheck,
  type ErrorAtStep,
  type ErrorCurve,
  findHint,
  gradientCheck,
  type GradientCheckOptions,
} from "./gradient-check.js";
export {
  type GradientCheckResult,
  gradientName,
  type NamedTensors,
  type Suspect,
  type Verdict,
} from "./gradient-check.js";
export {
  catalog,
  type CatalogCase,
  type CatalogEntry,
  layerFile,
  type LayerOptions,
} from "./catalog/index.js";
