/**
 * Data sets in one .npz, the zip archive that `np.savez` writes: `x_train`, `y_train`, `x_test`,
 * `y_test`, or `train_images`, `train_labels` and so on. Images are [N, H, W], [N, H, W, C] or
 * [N, C, H, W]; bytes, or numbers from 0 to 1 or from 0 to 255.
 */
import { formatShape, reject } from "../../tensor/index.js";
import { type ImageAxes, imageAxes, planesFirst } from "../image-axes.js";
import type { ClassNumbers } from "../labelled-images.js";
import { type NpyArray, parseNpy } from "./npy.js";
import type { Part, Parts, Wanted } from "./part.js";
import { shownName } from "./shown-name.js";
import { type ZipEntry, zipEntries } from "./zip.js";

const PARTS: Readonly<Record<string, string>> = { train: "train", test: "test" };
const KINDS: Readonly<Record<string, string>> = {
  x: "images",
  images: "images",
  image: "images",
  data: "images",
  y: "labels",
  labels: "labels",
  label: "labels",
  targets: "labels",
};

/** Classes are numbered in 16 bits. */
const MOST_CLASSES = 65_536;

/**
 * @param bytes the whole file
 * @param where its name, for messages
 * @throws InputError when arrays are missing, are not numbers, or could be read in several ways
 */
export async function parseNpz(bytes: Uint8Array, where: string, wanted: Wanted): Promise<Parts> {
  const entries = zipEntries(bytes, where);
  const find = async (part: string, kind: string): Promise<{ array: NpyArray; name: string }> => {
    const [entry, other] = entries.filter(({ name }) => roleOf(name) === `${part} ${kind}`);
    const names = entries.map(({ name }) => shownName(name.replace(/\.npy$/, "")));
    const hint = "name the arrays x_train, y_train, x_test, y_test";
    if (entry === undefined)
      return reject(where, `an array of ${part} ${kind}`, listed(names), hint);
    if (other !== undefined)
      reject(where, `one array of ${part} ${kind}`, listed([entry, other].map(nameOf)), hint);
    const name = `${where}: ${nameOf(entry)}`;
    return { array: parseNpy(await entry.read(), name), name };
  };
  const read = async (part: string): Promise<Part & { reading: string }> => {
    const { array, name } = await find(part, "images");
    const axes = imageAxes(array.shape, name);
    if (array.data.length === 0)
      reject(name, "at least one image of at least one pixel", formatShape(array.shape));
    const { pixels, reading } = pixelsOf(array, name);
    const { layout: _, ...set } = axes;
    const labels = await find(part, "labels");
    return {
      images: { ...set, pixels: planesFirst(pixels, axes) },
      labels: labelsOf(labels.array, labels.name),
      where: labels.name,
      reading: `${array.type} ${formatAxes(axes)}${reading}`,
    };
  };
  const test = await read("test");
  const train = wanted === "test" ? null : await read("train");
  const found = `${where}, images read as ${(train ?? test).reading}`;
  return { train, test, classNames: null, found, warnings: [] };
}

/** `x_train.npy` → `train images`; null where a name says nothing of the kind. */
function roleOf(name: string): string | null {
  const words = name
    .replace(/\.npy$/, "")
    .toLowerCase()
    .split(/[_\-.]/);
  if (words.length !== 2) return null;
  const [first, second] = words as [string, string];
  const named = (table: typeof PARTS, word: string): string | undefined =>
    Object.hasOwn(table, word) ? table[word] : undefined;
  const part = named(PARTS, first) ?? named(PARTS, second);
  const kind = named(KINDS, first) ?? named(KINDS, second);
  return part === undefined || kind === undefined ? null : `${part} ${kind}`;
}

function nameOf({ name }: ZipEntry): string {
  return shownName(name.replace(/\.npy$/, ""));
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  const more = names.length > 8 ? ` and ${names.length - 8} more` : "";
  return names.length === 0 ? "none at all" : `${shown}${more}`;
}

function formatAxes({ layout, count, channels, height, width }: ImageAxes): string {
  const extents = { N: count, C: channels, H: height, W: width };
  const axes = [...layout] as (keyof typeof extents)[];
  return `${formatAxis(axes)} = ${formatShape(axes.map((axis) => extents[axis]))}`;
}

function formatAxis(axes: readonly string[]): string {
  return `[${axes.join(", ")}]`;
}

/** Numbers as bytes, and how they were read: from 0 to 1, or from 0 to 255. */
function pixelsOf(
  { data, type }: NpyArray,
  where: string,
): { pixels: Uint8Array; reading: string } {
  if (type === "uint8" && data instanceof Uint8Array) return { pixels: data, reading: "" };
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!Number.isFinite(value)) reject(where, "finite pixels", `${value} at position ${i}`);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const expected = "pixels from 0 to 1, or from 0 to 255";
  if (least < 0 || most > 255) {
    const hint = "save them before they are normalised";
    reject(where, expected, `${least} to ${most}`, least < 0 ? hint : undefined);
  }
  const isUnit = type.startsWith("float") ? most <= 1 : type === "bool";
  const pixels = new Uint8Array(data.length);
  const scale = isUnit ? 255 : 1;
  let isExact = true;
  for (let i = 0; i < data.length; i++) {
    const value = scale * data[i]!;
    const byte = (pixels[i] = Math.round(value));
    if (Math.abs(value - byte) > 1e-3) isExact = false; // float32 has 255 · (k/255) to 2e-5
  }
  const range = isUnit ? ", from 0 to 1" : ", from 0 to 255";
  return { pixels, reading: `${range}${isExact ? "" : ", rounded to bytes"}` };
}

function labelsOf({ data, shape }: NpyArray, where: string): ClassNumbers {
  const isColumn = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!isColumn || data.length === 0)
    reject(
      where,
      "a label for each image, [N]",
      formatShape(shape),
      shape.length === 2 ? "of one-hot rows, save np.argmax(…, axis=1)" : undefined,
    );
  let most = 0;
  for (let n = 0; n < data.length; n++) {
    const label = data[n]!;
    if (!(Number.isInteger(label) && label >= 0 && label < MOST_CLASSES))
      reject(where, `labels from 0 to ${MOST_CLASSES - 1}`, `${label} for image ${n}`);
    if (label > most) most = label;
  }
  return most < 256 ? Uint8Array.from(data) : Uint16Array.from(data);
}
