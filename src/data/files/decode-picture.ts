/** Pictures from PNG and JPEG files. */
import { reject } from "../../tensor/index.js";
import { decodeJpeg } from "./jpeg.js";
import type { Picture } from "./picture.js";
import { decodePng } from "./png.js";
import { shownPath } from "./shown-name.js";

/** More than any camera takes: 64 million pixels, up to a quarter of a gigabyte. */
const MOST_PIXELS = 2 ** 26;

const SIGNATURES: readonly (readonly [start: string, name: string])[] = [
  ["GIF8", "a GIF"],
  ["BM", "a BMP"],
  ["RIFF", "a WebP or another RIFF file"],
  ["II*\0", "a TIFF"],
  ["MM\0*", "a TIFF"],
  ["%PDF", "a PDF"],
  ["<svg", "an SVG"],
  ["\0\0\0\x18ftyp", "a HEIC, AVIF or MP4 file"],
  ["\0\0\0\x1cftyp", "a HEIC, AVIF or MP4 file"],
  ["\0\0\0 ftyp", "a HEIC, AVIF or MP4 file"],
];

/**
 * The picture in a file, turned upright where a camera noted how it was held.
 *
 * @param bytes the whole file
 * @param where its name, for messages
 * @throws InputError when it is no PNG or JPEG, is garbled, or has more than 64 million pixels
 */
export async function decodePicture(bytes: Uint8Array, where: string): Promise<Picture> {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 8));
  const at = shownPath(where);
  if (start.startsWith("\x89PNG")) return decodePng(bytes, at, (size) => checkSize(at, size));
  if (bytes[0] === 0xff && bytes[1] === 0xd8)
    return decodeJpeg(bytes, at, (size) => checkSize(at, size));
  const known = SIGNATURES.find(([signature]) => start.startsWith(signature))?.[1];
  return reject(
    at,
    "a PNG or JPEG file",
    known ?? (bytes.length === 0 ? "an empty file" : `one that starts with ${hex(bytes)}`),
    known === undefined ? undefined : "save it as PNG",
  );
}

function checkSize(
  where: string,
  { height, width }: { readonly height: number; readonly width: number },
): void {
  if (height < 1 || width < 1 || height * width > MOST_PIXELS)
    reject(where, `a picture of 1 to ${MOST_PIXELS} pixels`, `${height}×${width} of them`);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
