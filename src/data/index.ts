/** Examples to train with: data sets of any kind, batches of them, and images from files. */
export type { Batch, Examples, ReadyExamples } from "./examples.js";
export { checkBatch } from "./examples.js";
export type { Columns as DatasetColumns } from "./from-columns.js";
export type { Example } from "./stack.js";
export { Dataset } from "./dataset.js";
export { type ImageSet, parseIdxImages, parseIdxLabels } from "./idx.js";
export type { ClassNumbers, LabelledImages } from "./labelled-images.js";
export { examplesOf, ImageDataset, makeDataset } from "./image-dataset.js";
export { batches, drawSubset, type ImageBatch, makeBatch, shuffledOrder } from "./batch.js";
export { parseSubset } from "./subset.js";
export {
  type ImageFilesOptions,
  type LoadedImages,
  loadImages,
  loadTestImages,
  readImages,
  type TestImages,
} from "./files/load-images.js";
export { type Box, type GrayImage, grayOf, resize } from "./gray-image.js";
export { asItIs, asPhoto, type ImageShape } from "./as-input.js";
export { asMnist, type Prepared } from "./as-mnist.js";
export type { FileEntry, FileKind, FileTree } from "./files/file-tree.js";
export type { Wanted as WantedImages } from "./files/part.js";
export { decodePicture } from "./files/decode-picture.js";
export { readOwnPicture } from "./files/own-picture.js";
export { type NpyArray, parseNpy } from "./files/npy.js";
export { openSite } from "./files/site.js";
export type { Picture } from "./files/picture.js";
export { numberedAs, numbersAsNames } from "./files/same-classes.js";
export { shownName, shownPath } from "./files/shown-name.js";
export {
  type AnyAugmentationKind,
  augmentationDescriber,
  type AugmentationDescriber,
  type AugmentationDescription,
  type AugmentationKind,
  type DrawField,
  type DrawMap,
  type DrawPixels,
  type Image as AugmentedImage,
} from "./augment/augmentation.js";
export type { Augment } from "./augment/augment-images.js";
export { augmentationKinds, buildAugmentations } from "./augment/build-augmentations.js";
export { type AffineMap, identityMap, inTurn } from "./augment/affine-map.js";
export type { Places } from "./augment/places.js";
export type { Plane } from "./augment/sampler.js";
export { warp } from "./augment/warp.js";
export { shift, shiftMap, type ShiftOptions } from "./augment/shift.js";
export { rotation, rotationMap } from "./augment/rotation.js";
export { scale, scaleMap } from "./augment/scale.js";
export { shear, shearMap } from "./augment/shear.js";
export { elastic, type ElasticOptions } from "./augment/elastic.js";
export { gaussian, latticeSpacing, SmoothNoise } from "./augment/smooth-noise.js";
export {
  drawRectangle,
  erasedSides,
  erasing,
  type ErasingOptions,
  type Rectangle,
} from "./augment/erasing.js";
export { loadMnist, type Mnist } from "./mnist.js";
