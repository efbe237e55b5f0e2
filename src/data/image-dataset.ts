import { reject } from "../tensor/index.js";
import { makeBatch } from "./batch.js";
import { Dataset } from "./dataset.js";
import type { Examples } from "./examples.js";
import type { ImageSet } from "./idx.js";
import type { ClassNumbers, LabelledImages } from "./labelled-images.js";

/**
 * Images that stay bytes until they are asked for, which takes a quarter of the memory: x is
 * [N, C, H, W], float32 in [0, 1].
 */
export class ImageDataset extends Dataset implements LabelledImages {
  readonly images: ImageSet;
  readonly labels: ClassNumbers;

  /**
   * Shares memory with what it is given.
   *
   * @param where the files, for messages
   * @throws InputError when there are not as many labels as images
   */
  constructor({ images, labels }: LabelledImages, where = "ImageDataset") {
    if (labels.length !== images.count)
      reject(
        where,
        `a label for each of ${images.count} images`,
        `${labels.length} labels`,
        "the files belong to different data sets",
      );
    super({
      count: images.count,
      batch: (indices, allocator) => {
        const { x, labels: target } = makeBatch({ images, labels }, indices, allocator);
        return { x, target };
      },
    });
    this.images = images;
    this.labels = labels;
  }
}

/**
 * As {@link ImageDataset}'s constructor.
 *
 * @throws InputError when there are not as many labels as images
 */
export function makeDataset(images: ImageSet, labels: ClassNumbers, where: string): ImageDataset {
  return new ImageDataset({ images, labels }, where);
}

/**
 * Examples as they are; labelled images as a data set.
 *
 * @throws InputError when there are not as many labels as images
 */
export function examplesOf(data: Examples | LabelledImages): Examples {
  return "batch" in data ? data : new ImageDataset(data);
}
