/** One file per layer or loss, forward and backward side by side. */
export {
  type Backward,
  type DX,
  type ForwardResult,
  type Gradients,
  type InputGradient,
  type Layer,
  type Mode,
  type NamedLayer,
  type Pass,
  type PassOptions,
  TwoPassLayer,
  type WeightGradients,
  gradientName,
  checkPass,
} from "./layer.js";
export type { ElementwiseBackward, SlopeCache } from "./elementwise-layer.js";
export { type LayerBuffer, Parameter, type StorageOptions } from "./parameter.js";
export { Chain, everyLayer, type Layers, namedLayers } from "./chain.js";
export { type Choices, signsOf, winnersOf } from "./choices.js";
export {
  ConvPool2d,
  convPool2dBackward,
  type ConvPool2dCache,
  convPool2dForward,
  type ConvPool2dOptions,
} from "./conv-pool2d.js";
export {
  BatchNormPool2d,
  batchNormPool2dBackward,
  type BatchNormPool2dCache,
  batchNormPool2dForward,
  type BatchNormPool2dOptions,
} from "./batch-norm-pool2d.js";
export {
  ReluPool2d,
  reluPool2dBackward,
  reluPool2dForward,
} from "./relu-pool2d.js";
export {
  Affine,
  affineBackward,
  type AffineCache,
  affineForward,
  type AffineLayerOptions,
  affineRules,
} from "./affine.js";
export {
  AveragePool2d,
  averagePool2dBackward,
  type AveragePool2dCache,
  averagePool2dForward,
} from "./average-pool2d.js";
export {
  type BatchNormLayerOptions,
  type BatchNormOptions,
  type BatchNormResult,
  batchNormRules,
  type HeldByBatchNorm,
  type RunningStatistics,
} from "./batch-norm.js";
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
} from "./conv2d.js";
export { type Conv2dLayerOptions, conv2dLayerRules, type Conv2dOptions } from "./conv2d-shapes.js";
export { Elu, eluBackward, type EluCache, eluForward } from "./elu.js";
export {
  Dropout,
  dropoutBackward,
  type DropoutCache,
  dropoutForward,
  type DropoutLayerOptions,
  type DropoutOptions,
  dropoutRules,
} from "./dropout.js";
export { Flatten, flattenBackward, type FlattenCache, flattenForward } from "./flatten.js";
export { Gelu, geluBackward, geluForward } from "./gelu.js";
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
  layerNormRules,
} from "./layer-norm.js";
export {
  LeakyRelu,
  leakyReluBackward,
  type LeakyReluCache,
  leakyReluForward,
  type LeakyReluOptions,
  leakyReluRules,
} from "./leaky-relu.js";
export {
  MaxPool2d,
  maxPool2dBackward,
  type MaxPool2dCache,
  maxPool2dForward,
} from "./max-pool2d.js";
export {
  checkLossResult,
  type AnyLossKind,
  type HasLossKind,
  type Loss,
  lossDescriber,
  type LossDescriber,
  type LossDescription,
  type LossKind,
  type LossResult,
  type Target,
} from "./loss.js";
export { buildLoss, lossKinds } from "./build-loss.js";
export { type WeightedLoss, weightedSum } from "./weighted-sum.js";
export {
  meanSquaredError,
  meanSquaredErrorBackward,
  type MeanSquaredErrorCache,
  meanSquaredErrorForward,
} from "./mean-squared-error.js";
export { Relu, reluBackward, type ReluCache, reluForward } from "./relu.js";
export { Sigmoid, sigmoidBackward, type SigmoidCache, sigmoidForward } from "./sigmoid.js";
export { Silu, siluBackward, siluForward } from "./silu.js";
export {
  Residual,
  residualBackward,
  type ResidualCache,
  residualForward,
  type ResidualLayerOptions,
} from "./residual.js";
export { softmaxBackward, type SoftmaxCache, softmaxForward } from "./softmax.js";
export { moments, standardise, type Standardised } from "./standardise.js";
export {
  softmaxCrossEntropy,
  softmaxCrossEntropyBackward,
  type SoftmaxCrossEntropyCache,
  softmaxCrossEntropyForward,
  type SoftmaxCrossEntropyOptions,
} from "./softmax-cross-entropy.js";
export { Softplus, softplusBackward, softplusForward } from "./softplus.js";
export { Tanh, tanhBackward, type TanhCache, tanhForward } from "./tanh.js";
