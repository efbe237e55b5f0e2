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
  convPool2dForward,
  type ConvPool2dOptions,
  type ConvPool2dCache,
} from "./conv-pool2d.js";
export {
  BatchNormPool2d,
  batchNormPool2dBackward,
  batchNormPool2dForward,
  type BatchNormPool2dOptions,
  type BatchNormPool2dCache,
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
  averagePool2dForward,
  type AveragePool2dCache,
} from "./average-pool2d.js";
export {
  type BatchNormLayerOptions,
  type BatchNormOptions,
  type BatchNormResult,
  batchNormRules,
  type RunningStatistics,
  type HeldByBatchNorm,
} from "./batch-norm.js";
export {
  BatchNorm1d,
  batchNorm1dBackward,
  batchNorm1dForward,
  type BatchNorm1dCache,
} from "./batch-norm1d.js";
export {
  BatchNorm2d,
  batchNorm2dBackward,
  batchNorm2dForward,
  type BatchNorm2dCache,
} from "./batch-norm2d.js";
export {
  Conv2d,
  conv2dBackward,
  type Conv2dCache,
  conv2dForward,
} from "./conv2d.js";
export { type Conv2dLayerOptions, conv2dLayerRules, type Conv2dOptions } from "./conv2d-shapes.js";
export { Elu, eluBackward, eluForward, type EluCache } from "./elu.js";
export {
  Dropout,
  dropoutBackward,
  dropoutForward,
  type DropoutLayerOptions,
  type DropoutOptions,
  dropoutRules,
  type DropoutCache,
} from "./dropout.js";
export { Flatten, flattenBackward, flattenForward, type FlattenCache } from "./flatten.js";
export { Gelu, geluBackward, geluForward } from "./gelu.js";
export {
  GlobalAveragePool2d,
  globalAveragePool2dBackward,
  globalAveragePool2dForward,
  type GlobalAveragePool2dCache,
} from "./global-average-pool2d.js";
export {
  LayerNorm,
  layerNormBackward,
  layerNormForward,
  type LayerNormLayerOptions,
  type LayerNormOptions,
  layerNormRules,
  type LayerNormCache,
} from "./layer-norm.js";
export {
  LeakyRelu,
  leakyReluBackward,
  leakyReluForward,
  type LeakyReluOptions,
  leakyReluRules,
  type LeakyReluCache,
} from "./leaky-relu.js";
export {
  MaxPool2d,
  maxPool2dBackward,
  maxPool2dForward,
  type MaxPool2dCache,
} from "./max-pool2d.js";
export {
  type HasLossKind,
  type Loss,
  lossDescriber,
  type LossDescription,
  type LossKind,
  type LossResult,
  type Target,
  type AnyLossKind,
  type LossDescriber,
} from "./loss.js";
export { buildLoss, lossKinds } from "./build-loss.js";
export { weightedSum, type WeightedLoss } from "./weighted-sum.js";
export {
  meanSquaredError,
  meanSquaredErrorBackward,
  meanSquaredErrorForward,
  type MeanSquaredErrorCache,
} from "./mean-squared-error.js";
export { Relu, reluBackward, reluForward, type ReluCache } from "./relu.js";
export { Sigmoid, sigmoidBackward, sigmoidForward, type SigmoidCache } from "./sigmoid.js";
export { Silu, siluBackward, siluForward } from "./silu.js";
export {
  Residual,
  residualBackward,
  residualForward,
  type ResidualLayerOptions,
  type ResidualCache,
} from "./residual.js";
export { softmaxBackward, softmaxForward, type SoftmaxCache } from "./softmax.js";
export { moments, standardise, type Standardised } from "./standardise.js";
export {
  softmaxCrossEntropy,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  type SoftmaxCrossEntropyOptions,
  type SoftmaxCrossEntropyCache,
} from "./softmax-cross-entropy.js";
export { Softplus, softplusBackward, softplusForward } from "./softplus.js";
export { Tanh, tanhBackward, tanhForward, type TanhCache } from "./tanh.js";
