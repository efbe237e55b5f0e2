/** Layers chained into a network: initial values, a summary, and weights in files. */
export { plan } from "./plan.js";
export { checkIsNetwork, type NamedBuffer, type NamedParameter, Sequential } from "./sequential.js";
export { he, initialise, type Initialiser, pytorchDefault, xavier } from "./initialisers.js";
export { formatSummary, summarise, type SummaryRow } from "./summary.js";
export { decodeSafetensors, encodeSafetensors, type Safetensors } from "./safetensors.js";
export { type MatchedWeights, matchWeights, partOfWeights } from "./match-weights.js";
export { checkWeights, loadWeights, networkWeights, weightsSha256 } from "./weights.js";
export {
  describedIn,
  loadNetwork,
  networkOf,
  parseData,
  readDescription,
  saveNetwork,
} from "./network-file.js";
export { checkSameData, checkSameNetwork } from "./same-description.js";
export { buildNetwork, type BuildOptions } from "./build-network.js";
export type { LayerDescription, LayerDescriptions, NetworkDescription } from "./description.js";
export {
  affine,
  type AnyKind as AnyLayerKind,
  averagePool2d,
  batchNorm1d,
  batchNorm2d,
  conv2d,
  type Described as DescribedOptions,
  describer,
  describers,
  type Describer as LayerDescriber,
  dropout,
  elu,
  flatten,
  gelu,
  globalAveragePool2d,
  type LayerKind,
  layerKinds,
  layerNorm,
  leakyRelu,
  maxPool2d,
  relu,
  residual,
  sameAs,
  sigmoid,
  silu,
  softplus,
  tanh,
} from "./layer-kinds.js";
export { notebookDescription, notebookNetwork } from "./networks.js";
