import { awaitHint, reject, shown, whatIs } from "../tensor/index.js";
import { makeBatch } from "./batch.js";
import { Dataset } from "./dataset.js";
import { counted, type Examples } from "./examples.js";
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
   * @throws InputError when there are not as many labels as images, or fewer bytes than pixels
   */
  constructor({ images, labels }: LabelledImages, where = "ImageDataset") {
    checkPixels(images, where);
    if (labels?.length === undefined)
      reject(where, `labels, a class number for each of ${images.count} images`, whatIs(labels));
    if (labels.length !== images.count)
      reject(
        where,
        `a label for each of ${images.count} images`,
        counted(labels.length, "label", labels),
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

/** @throws InputError when there are fewer bytes than pixels, or none: those would be NaN */
function checkPixels(images: ImageSet, where: string): void {
  if (!isImages(images)) {
    const { pixels } = (images ?? {}) as { pixels?: unknown };
    if (pixels !== undefined) reject(where, "pixels of images as a Uint8Array", whatIs(pixels));
    reject(where, "images, { count, height, width, pixels }", whatIs(images), awaitHint(images));
  }
  const { count, channels = 1, height, width, pixels } = images;
  const size = count * channels * height * width;
  if (pixels.length >= size) return;
  const extents = [count, channels, height, width].join(" · ");
  reject(where, `${size} bytes of pixels, ${extents}`, `${pixels.length}`);
}

/**
 * As {@link ImageDataset}'s constructor.
 *
 * @throws InputError when there are not as many labels as images, or fewer bytes than pixels
 */
export function makeDataset(images: ImageSet, labels: ClassNumbers, where: string): ImageDataset {
  return new ImageDataset({ images, labels }, where);
}

/**
 * Examples as they are; labelled images as a data set.
 *
 * @param what the option that they were given as, for messages
 * @throws InputError when they are neither, or there is no example
 */
export function examplesOf(
  data: Examples | LabelledImages,
  where = "examplesOf",
  what = "data",
): Examples {
  const { count, batch, images } = (data ?? {}) as Partial<Examples & LabelledImages>;
  if (typeof batch !== "function") {
    if (images?.pixels !== undefined)
      return new ImageDataset(data as LabelledImages, `${where}: ${what}`);
    return reject(where, `${what}, a data set`, whatIs(data), hintFor(data, what));
  }
  if (!(Number.isSafeInteger(count) && count! >= 1))
    reject(where, `${what} with a count of examples, at least 1`, shown(count));
  return data as Examples;
}

function isImages(images: unknown): boolean {
  const { pixels } = (images ?? {}) as Partial<ImageSet>;
  return ArrayBuffer.isView(pixels) && pixels.BYTES_PER_ELEMENT === 1;
}

/** How something that is no data set becomes one. */
function hintFor(data: unknown, what: string): string {
  const parts = (data ?? {}) as { readonly train?: unknown; readonly test?: unknown };
  const wanted = what === "data" ? (["train", "test"] as const) : (["test", "train"] as const);
  const part = wanted.find((name) => parts[name] !== undefined);
  if (part !== undefined) return `did you mean its .${part}?`;
  return awaitHint(data) ?? "see Dataset.from";
}
