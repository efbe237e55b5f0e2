/** JPEG: jpeg-js decodes it; size and orientation are read here. */
import { InputError, reject } from "../../tensor/index.js";
import type { Picture } from "./picture.js";

/** A decoded picture of 64 million pixels, with all that is needed on the way. */
const MOST_MEGABYTES = 2048;
/** Rows and columns of pixels that are coded together, in a bit at least. */
const BLOCK = 8;

interface Extents {
  readonly height: number;
  readonly width: number;
}

interface Header extends Extents {
  /** 1 is gray. */
  readonly components: number;
  /** As EXIF numbers them: 1 upright, … 8; 1 where it says nothing. */
  readonly orientation: number;
}

/**
 * @param where the file's name, for messages
 * @param checkSize refuses pictures that are too large, before anything is unpacked
 * @throws InputError when the file is garbled
 */
export async function decodeJpeg(
  bytes: Uint8Array,
  where: string,
  checkSize: (size: Extents) => void,
): Promise<Picture> {
  const garbled = (): never => reject(where, "a whole JPEG", "one that is cut short or garbled");
  const header = headerOf(bytes);
  if (header === null) return garbled();
  checkSize(header);
  const { height, width } = header;
  if (8 * bytes.length < Math.ceil(height / BLOCK) * Math.ceil(width / BLOCK))
    reject(
      where,
      "a whole JPEG",
      `${bytes.length} bytes, too few for ${height}×${width} pixels`,
      "it is cut short or garbled",
    );
  const { default: jpeg } = await import("jpeg-js");
  try {
    const { data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: Infinity, // checked
      maxMemoryUsageInMB: MOST_MEGABYTES,
    });
    if (header.components !== 1)
      return upright({ channels: 3, height, width, pixels: data }, header.orientation);
    const gray = new Uint8Array(width * height);
    for (let p = 0; p < gray.length; p++) gray[p] = data[3 * p]!;
    return upright({ channels: 1, height, width, pixels: gray }, header.orientation);
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (!/maxMemoryUsageInMB/.test(String(error))) return garbled();
    return reject(
      where,
      `a JPEG that takes at most ${MOST_MEGABYTES} MB to decode`,
      `one of ${height}×${width} pixels that takes more`,
      "make it smaller first",
    );
  }
}

/** Goes through the segments, up to the frame; null where there is none. */
function headerOf(bytes: Uint8Array): Header | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation = 1;
  for (let at = 2; at + 10 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++; // a byte that fills up
      continue;
    }
    const length = view.getUint16(at + 2);
    if (marker === 0xe1)
      orientation = orientationOf(bytes.subarray(at + 4, at + 2 + length)) ?? orientation;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame)
      return {
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: bytes[at + 9]!,
        orientation,
      };
    at += 2 + Math.max(2, length);
  }
  return null;
}

/** The entry 0x0112 of an EXIF segment: a TIFF file, in either order of bytes. */
function orientationOf(segment: Uint8Array): number | null {
  if (new TextDecoder("latin1").decode(segment.subarray(0, 4)) !== "Exif") return null;
  const tiff = segment.subarray(6);
  if (tiff.length < 14) return null;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const isLittle = tiff[0] === 0x49;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > tiff.length) return null;
  const count = view.getUint16(directory, isLittle);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.length) return null;
    if (view.getUint16(entry, isLittle) !== 0x0112) continue;
    const value = view.getUint16(entry + 8, isLittle);
    return value >= 1 && value <= 8 ? value : null;
  }
  return null;
}

/** Turns a picture as EXIF's orientation says: 5 to 8 exchange rows and columns. */
function upright(picture: Picture, orientation: number): Picture {
  if (orientation === 1) return picture;
  const { channels, height, width, pixels } = picture;
  const isTransposed = orientation >= 5;
  const [outH, outW] = isTransposed ? [width, height] : [height, width];
  const turned = new Uint8Array(pixels.length);
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBelow = [3, 4, 6, 7].includes(orientation);
  for (let h = 0; h < outH; h++)
    for (let w = 0; w < outW; w++) {
      const [y, x] = isTransposed ? [w, h] : [h, w];
      const row = fromBelow ? height - 1 - y : y;
      const column = fromRight ? width - 1 - x : x;
      for (let c = 0; c < channels; c++)
        turned[(h * outW + w) * channels + c] = pixels[(row * width + column) * channels + c]!;
    }
  return { channels, height: outH, width: outW, pixels: turned };
}
