/** Images from files, and batches of them. */
export { type ImageSet, parseIdxImages, parseIdxLabels } from "./idx.js";
export { type Dataset, makeDataset } from "./dataset.js";
export { type Batch, batches, drawSubset, makeBatch, shuffledOrder } from "./batch.js";
export { parseSubset } from "./subset.js";
export { loadMnist, type Mnist } from "./mnist.js";
