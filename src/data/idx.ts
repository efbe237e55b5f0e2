/**
 * The idx format of MNIST's files: two zero bytes, the type of the values, the number of axes,
 * every extent as a 32-bit big-endian number, then the values, row-major. Source: the description
 * on Yann LeCun's MNIST page.
 *
 *     images  00 00 08 03  count height width  then a byte for each pixel, 0 … 255
 *     labels  00 00 08 01  count               then a byte for each image
 *
 * Images with channels have a fourth axis, and start with 00 00 08 04.
 */
import { reject } from "../tensor/index.js";
import { imageAxes, planesFirst } from "./image-axes.js";

/** Images as the bytes that they are in the file. */
export interface ImageSet {
  /** How many images there are, at least 1. */
  readonly count: number;
  /** 1 if left out, as in idx files of gray images. */
  readonly channels?: number;
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  /** count·channels·height·width bytes, row-major, 0 … 255. Shares memory with the file's bytes. */
  readonly pixels: Uint8Array;
}

const IMAGES = 0x0803;
const LABELS = 0x0801;
const WITH_CHANNELS = 0x0804;

/** What the third byte says the values are. */
const TYPES: Readonly<Record<number, string>> = {
  8: "unsigned bytes",
  9: "signed bytes",
  11: "16-bit integers",
  12: "32-bit integers",
  13: "32-bit floats",
  14: "64-bit floats",
};

/**
 * The images of an idx file: [count, H, W] of gray ones; or of four axes, [count, H, W, C] or
 * [count, C, H, W] with C = 1 or 3.
 *
 * @param bytes the whole file, unzipped
 * @param where its name, for messages
 * @throws InputError on anything but a complete idx file of at least one image, in unsigned bytes
 */
export function parseIdxImages(bytes: Uint8Array, where: string): ImageSet {
  if (magicOf(bytes) === WITH_CHANNELS) {
    const extents = parseHeader(bytes, where, WITH_CHANNELS, "images");
    const axes = imageAxes(extents, where);
    const { layout: _, ...set } = axes;
    return { ...set, pixels: planesFirst(bytes.subarray(20), axes) };
  }
  const [count, height, width] = parseHeader(bytes, where, IMAGES, "images") as [
    number,
    number,
    number,
  ];
  return { count, height, width, pixels: bytes.subarray(16) };
}

/**
 * The labels of an idx file.
 *
 * @param bytes the whole file, unzipped
 * @param where its name, for messages
 * @param classes how many there may be; as many as a byte can tell apart if left out
 * @returns a label 0 … classes − 1 for each image, sharing memory with `bytes`
 * @throws InputError on anything but a complete idx file of at least one label, and when a label is
 *   `classes` or more
 */
export function parseIdxLabels(bytes: Uint8Array, where: string, classes = 256): Uint8Array {
  parseHeader(bytes, where, LABELS, "labels");
  const labels = bytes.subarray(8);
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0)
    reject(
      where,
      `labels from 0 to ${classes - 1}`,
      `${labels[wrong]} for image ${wrong}`,
      "the file is garbled",
    );
  return labels;
}

/**
 * How many bytes a whole idx file has.
 *
 * @param start its first 20 bytes, or all where it has fewer
 * @returns null where the start is not that of an idx file of bytes
 */
export function idxFileSize(start: Uint8Array): number | null {
  const magic = magicOf(start);
  if (magic !== LABELS && magic !== IMAGES && magic !== WITH_CHANNELS) return null;
  const axes = magic & 0xff;
  if (start.length < 4 + 4 * axes) return null;
  return extentsOf(start, axes).reduce((product, extent) => product * extent, 1) + 4 + 4 * axes;
}

/** Reads and checks the extents. */
function parseHeader(bytes: Uint8Array, where: string, magic: number, what: string): number[] {
  const axes = magic & 0xff;
  const start = 4 + 4 * axes;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    reject(where, `an idx file of ${what}`, "a gzip file", "unzip it first");
  if (bytes.length < start)
    reject(
      where,
      `an idx file of ${what}, whose header alone has ${start} bytes`,
      `${bytes.length} bytes`,
    );
  if (magicOf(bytes) !== magic) rejectMagic(magicOf(bytes)!, where, magic, what);
  const extents = extentsOf(bytes, axes);
  const values = extents.reduce((product, extent) => product * extent, 1);
  if (values === 0)
    reject(
      where,
      `at least one of the ${what}, with at least one pixel`,
      `extents ${extents.join("×")}`,
    );
  if (bytes.length !== start + values) {
    const hint =
      bytes.length < start + values ? "the file is cut short" : "the file is longer than it says";
    reject(
      where,
      `${start + values} bytes for ${extents.join("×")} values`,
      String(bytes.length),
      hint,
    );
  }
  return extents;
}

function rejectMagic(found: number, where: string, magic: number, what: string): never {
  const type = TYPES[found >>> 8];
  if (type !== undefined && found >>> 8 !== magic >>> 8)
    reject(where, `an idx file of ${what} in unsigned bytes`, `${type} (0x${hex(found)})`);
  const isOther = found === IMAGES || found === LABELS || found === WITH_CHANNELS;
  const hint = isOther
    ? "images and labels are swapped"
    : "the file is garbled or of another format";
  reject(
    where,
    `an idx file of ${what}, which starts with 0x${hex(magic)}`,
    `0x${hex(found)}`,
    hint,
  );
}

/** The first four bytes as a number, or null where there are fewer. */
function magicOf(bytes: Uint8Array): number | null {
  return bytes.length < 4 ? null : viewOf(bytes).getUint32(0);
}

function extentsOf(bytes: Uint8Array, axes: number): number[] {
  const view = viewOf(bytes);
  return Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
