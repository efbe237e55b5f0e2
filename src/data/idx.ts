/**
 * The idx format of MNIST's files: two zero bytes, the type of the values, the number of axes,
 * every extent as a 32-bit big-endian number, then the values, row-major. Source: the description
 * on Yann LeCun's MNIST page.
 *
 *     images  00 00 08 03  count height width  then a byte for each pixel, 0 … 255
 *     labels  00 00 08 01  count               then a byte for each image, 0 … 9
 */
import { reject } from "../tensor/index.js";

/** Images as the bytes that they are in the file. */
export interface ImageSet {
  readonly count: number;
  /** 1 if left out, as in idx files of gray images. */
  readonly channels?: number;
  /** In pixels. */
  readonly height: number;
  readonly width: number;
  /** count·channels·height·width bytes, row-major, 0 … 255. Shares memory with the file's bytes. */
  readonly pixels: Uint8Array;
}

const IMAGES = 0x0803;
const LABELS = 0x0801;
/** How many kinds of pictures MNIST, and the sets that are made like it, tell apart. */
const CLASSES = 10;

/**
 * @param bytes the whole file
 * @param where its name, for messages
 * @throws InputError on anything but a complete idx file of at least one image
 */
export function parseIdxImages(bytes: Uint8Array, where: string): ImageSet {
  const [count, height, width] = parseHeader(bytes, where, IMAGES, "images") as [
    number,
    number,
    number,
  ];
  return { count, height, width, pixels: bytes.subarray(16) };
}

/**
 * @param bytes the whole file
 * @param where its name, for messages
 * @param classes how many there are, 10 if left out
 * @returns a label 0 … classes − 1 for each image, sharing memory with `bytes`
 * @throws InputError on anything but a complete idx file of at least one label
 */
export function parseIdxLabels(
  bytes: Uint8Array,
  where: string,
  classes: number = CLASSES,
): Uint8Array {
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = view.getUint32(0);
  if (found !== magic) {
    const isOther = found === IMAGES || found === LABELS;
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
  const extents = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
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

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
