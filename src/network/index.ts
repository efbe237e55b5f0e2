/** Layers chained into a network: initial values, a summary, and weights in files. */
export { plan } from "./plan.js";
export { type NamedBuffer, type NamedParameter, Sequential } from "./sequential.js";
export { he, initialise, type Initialiser, pytorchDefault, xavier } from "./initialisers.js";
export { formatSummary, summarise, type SummaryRow } from "./summary.js";
export { decodeSafetensors, encodeSafetensors, type Safetensors } from "./safetensors.js";
export { checkWeights, loadWeights, networkWeights, weightsSha256 } from "./weights.js";
export { notebookNetwork } from "./networks.js";
