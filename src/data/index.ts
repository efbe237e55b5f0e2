/** Examples to train with: data sets of any kind, batches of them, and images from files. */
export type { Batch, Examples, ReadyExamples } from "./examples.js";
export { checkBatch } from "./examples.js";
export type { Columns as DatasetColumns } from "./from-columns.js";
export type { Example } from "./stack.js";
export { Dataset } from "./dataset.js";
export { type ImageSet, parseIdxImages, parseIdxLabels } from "./idx.js";
export type { LabelledImages } from "./labelled-images.js";
export { examplesOf, ImageDataset, makeDataset } from "./image-dataset.js";
export { batches, drawSubset, type ImageBatch, makeBatch, shuffledOrder } from "./batch.js";
export { parseSubset } from "./subset.js";
export { loadMnist, type Mnist } from "./mnist.js";
