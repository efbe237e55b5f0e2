/**
 * Pictures in folders that are named as their classes: `train/CLASS/*.png` and `test/CLASS/*.png`,
 * or the folders of the classes alone, of whose pictures a fifth is left for the test.
 */
import { Random, reject } from "../../tensor/index.js";
import type { ClassNumbers } from "../labelled-images.js";
import { decodePicture } from "./decode-picture.js";
import { type FileTree, inFolder } from "./file-tree.js";
import type { Part, Parts, Wanted } from "./part.js";
import type { Picture } from "./picture.js";
import { shownName, shownPath } from "./shown-name.js";

const IS_PICTURE = /\.(?:png|jpe?g)$/i;
const TRAIN_FOLDERS: readonly string[] = ["train", "training"];
const TEST_FOLDERS: readonly string[] = ["test", "testing", "val", "valid", "validation"];
/** Of the pictures of a class, where there is no folder of test images. */
const TEST_SHARE = 1 / 5;
/** Classes are numbered in 16 bits. */
const MOST_CLASSES = 65_536;
/** Bytes of all pictures together. */
const MOST_BYTES = 2 ** 31;

/** Pictures by their classes. */
interface ClassFolder {
  readonly name: string;
  readonly files: readonly string[];
}

/**
 * @returns null where the folder holds no such folders
 * @throws InputError when a picture is garbled, or differs in size or channels from the first one
 */
export async function readClassFolders(
  tree: FileTree,
  folder: string,
  wanted: Wanted,
): Promise<Parts | null> {
  const inside = await tree.list(folder);
  const named = (names: readonly string[]): string | undefined =>
    names.find((name) => inside.some((entry) => entry.name === name && entry.kind === "folder"));
  const [train, test] = [named(TRAIN_FOLDERS), named(TEST_FOLDERS)];
  if (test !== undefined && (train !== undefined || wanted === "test"))
    return readBoth(tree, folder, train, test, wanted);
  const all = await classesIn(tree, train === undefined ? folder : inFolder(folder, train));
  if (all.length === 0) return null;
  const names = all.map(({ name }) => name);
  const [first, rest] = [
    all.map((one) => split(one, "test")),
    all.map((one) => split(one, "rest")),
  ];
  const tested = await readPart(tree, folder, first, names);
  return {
    train: wanted === "test" ? null : await readPart(tree, folder, rest, names, tested.images),
    test: tested,
    classNames: names,
    found:
      `pictures in ${all.length} folders in ${folder}, one for each class; a fifth of each, ` +
      "chosen by the files' names, is for the test",
    warnings: [],
  };
}

async function readBoth(
  tree: FileTree,
  folder: string,
  train: string | undefined,
  test: string,
  wanted: Wanted,
): Promise<Parts | null> {
  const [trained, tested] = [
    train === undefined ? [] : await classesIn(tree, inFolder(folder, train)),
    await classesIn(tree, inFolder(folder, test)),
  ];
  // the classes of the training images, so that their numbers do not depend on what is tested
  const classes = trained.length > 0 ? trained : tested;
  if (classes.length === 0) return null;
  const names = classes.map(({ name }) => name);
  const unknown = tested.find(({ name }) => !names.includes(name));
  if (unknown !== undefined)
    reject(
      inFolder(folder, test),
      `folders that are in ${train} too`,
      shownName(unknown.name),
      "every class needs training images",
    );
  const part = await readPart(tree, folder, tested, names);
  return {
    train: wanted === "test" ? null : await readPart(tree, folder, trained, names, part.images),
    test: part,
    classNames: names,
    found: `pictures in ${names.length} folders in ${folder}/${train ?? test}, one for each class`,
    warnings: [],
  };
}

/** The folders with pictures in a folder; numbers in their order, or else by name. */
async function classesIn(tree: FileTree, folder: string): Promise<readonly ClassFolder[]> {
  const classes: ClassFolder[] = [];
  for (const { name, kind } of await tree.list(folder)) {
    if (kind !== "folder") continue;
    const path = inFolder(folder, name);
    const pictures = (await tree.list(path)).filter((entry) => IS_PICTURE.test(entry.name));
    const odd = pictures.find((entry) => entry.kind !== "file");
    if (odd !== undefined)
      reject(
        shownPath(inFolder(path, odd.name)),
        "a PNG or JPEG file",
        odd.kind === "folder" ? "a folder" : "a device, a pipe or a link to nothing",
      );
    const files = pictures.map((entry) => inFolder(path, entry.name));
    if (files.length > 0) classes.push({ name, files });
  }
  if (classes.length > MOST_CLASSES)
    reject(folder, `at most ${MOST_CLASSES} classes`, String(classes.length));
  const areNumbers = classes.every(({ name }) => /^\d{1,9}$/.test(name));
  return areNumbers ? classes.sort((a, b) => Number(a.name) - Number(b.name)) : classes;
}

/**
 * The test images of a class, or the rest. Which are which depends on the file names alone, not on
 * a seed, so a later `evaluate` gets the same ones and never sees a picture that was trained on.
 */
function split({ name, files }: ClassFolder, which: "test" | "rest"): ClassFolder {
  if (files.length < 2)
    reject(
      shownName(name),
      "at least two pictures of each class, for training and for the test",
      String(files.length),
    );
  const count = Math.max(1, Math.round(TEST_SHARE * files.length));
  const drawn = new Random(`test images of ${name}`).permutation(files.length);
  const chosen = new Set(drawn.slice(0, count));
  return { name, files: files.filter((_, i) => chosen.has(i) === (which === "test")) };
}

/** @param like what has to be the size of these images, too */
async function readPart(
  tree: FileTree,
  folder: string,
  classes: readonly ClassFolder[],
  names: readonly string[],
  like?: Part["images"],
): Promise<Part> {
  const files = classes.flatMap(({ name, files }) =>
    files.map((path) => ({ path, label: names.indexOf(name) })),
  );
  const labels: ClassNumbers =
    names.length <= 256 ? new Uint8Array(files.length) : new Uint16Array(files.length);
  let first: { path: string; extents: string } | null = like
    ? { path: "the first test image", extents: extentsOf(like) }
    : null;
  let pixels: Uint8Array | null = null;
  let size = { channels: 1, height: 1, width: 1 };
  for (const [n, { path, label }] of files.entries()) {
    const picture = opaque(await decodePicture(await tree.read(path), path));
    const found = extentsOf(picture);
    first ??= { path, extents: found };
    if (found !== first.extents)
      reject(
        shownPath(path),
        `a picture of ${first.extents} like ${shownPath(first.path)}`,
        found,
        "all pictures have to be of one size, here height × width",
      );
    if (pixels === null) {
      const bytes = files.length * picture.pixels.length;
      if (bytes > MOST_BYTES)
        reject(folder, `pictures of at most ${MOST_BYTES} bytes together`, String(bytes));
      pixels = new Uint8Array(bytes);
      size = { channels: picture.channels, height: picture.height, width: picture.width };
    }
    pixels.set(planesOf(picture), n * picture.pixels.length);
    labels[n] = label;
  }
  if (pixels === null) return reject(folder, "at least one picture", "none");
  return { images: { count: files.length, ...size, pixels }, labels, where: folder };
}

function extentsOf({
  channels = 1,
  height,
  width,
}: {
  readonly channels?: number;
  readonly height: number;
  readonly width: number;
}): string {
  return `${height}×${width} pixels in ${channels === 1 ? "gray" : "colour"}`;
}

/** Without alpha: what is transparent is white. */
function opaque({ channels, height, width, pixels }: Picture): Picture {
  if (channels === 1 || channels === 3) return { channels, height, width, pixels };
  const colours = channels - 1;
  const flat = new Uint8Array(height * width * colours);
  for (let p = 0; p < height * width; p++) {
    const alpha = pixels[p * channels + colours]! / 255;
    for (let c = 0; c < colours; c++)
      flat[p * colours + c] = Math.round(alpha * pixels[p * channels + c]! + (1 - alpha) * 255);
  }
  return { channels: colours as 1 | 3, height, width, pixels: flat };
}

/** A picture's channels one below the other, [C, H, W]. */
function planesOf({ channels, height, width, pixels }: Picture): Uint8Array {
  if (channels === 1) return pixels;
  const area = height * width;
  const planes = new Uint8Array(pixels.length);
  for (let p = 0; p < area; p++)
    for (let c = 0; c < channels; c++) planes[c * area + p] = pixels[p * channels + c]!;
  return planes;
}
