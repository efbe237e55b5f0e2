/**
 * leibniz: a convolutional neural network engine from scratch. This is what it takes to describe a
 * network, train it on data of one's own, and keep it. Everything else is one folder further, in
 * reading order: `leibniz/tensor`, `im2col`, `kernels`, `backprop` with the layers' own passes,
 * `network`, `data`, `gradcheck`, `training`, `statistics`, `bench`, `figures`, `report`, `checks`,
 * `experiments`, `cli`.
 */

// start here: an engine that builds, fits and evaluates networks on a backend
export { type Engine, type NetworkOptions, open, type OpenOptions } from "./training/index.js";

// layers, as descriptions that an engine builds
export {
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
  relu,
  residual,
  sigmoid,
  silu,
  softplus,
  tanh,
} from "./network/index.js";
export type { LayerDescription, LayerDescriptions, NetworkDescription } from "./network/index.js";

// losses, optimizers, learning rates over time, and what else is measured
export { type Loss, meanSquaredError, softmaxCrossEntropy } from "./backprop/index.js";
export { adagrad, adam, adamW, type Optimizer, rmsProp, sgd } from "./training/index.js";
export { constant, cosine, oneCycle, type Schedule, stepDecay, warmUp } from "./training/index.js";
export { accuracy, type Metric } from "./training/index.js";

// data: any object with `count` and `batch`; sets in memory and in files; augmentation
export type { Batch, Examples } from "./data/index.js";
export { Dataset, loadImages, loadMnist } from "./data/index.js";
export { elastic, erasing, rotation, scale, shear, shift } from "./data/index.js";

// networks of layers built by hand, layers of one's own, and weights in files
export { type Layer, type PassOptions, TwoPassLayer } from "./backprop/index.js";
export { he, initialise, pytorchDefault, Sequential, xavier } from "./network/index.js";
export { loadNetwork, notebookNetwork, saveNetwork } from "./network/index.js";

// what an engine does, step by step: a backend, the loop, recipes of the command line, and proof
export { type Backend, openBackend } from "./kernels/index.js";
export { evaluate, fit, type FitEvent, type FitOptions, recipes, train } from "./training/index.js";
export { checkNetwork } from "./gradcheck/index.js";

// numbers with a shape
export { type DType, InputError, Random, Tensor, tensor } from "./tensor/index.js";
