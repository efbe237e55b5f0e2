import { reject } from "../tensor/index.js";
import type { ImageSet } from "./idx.js";

/** Images and what they show. */
export interface Dataset {
  readonly images: ImageSet;
  /** A class for each image. */
  readonly labels: Uint8Array;
}

/** @throws InputError when there are not as many labels as images */
export function makeDataset(images: ImageSet, labels: Uint8Array, where: string): Dataset {
  if (labels.length !== images.count)
    reject(
      where,
      `a label for each of ${images.count} images`,
      `${labels.length} labels`,
      "the files belong to different data sets",
    );
  return { images, labels };
}
