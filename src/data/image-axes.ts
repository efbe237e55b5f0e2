/** Which axis of an array of images is which. */
import { formatShape, reject } from "../tensor/index.js";

/** An array of images as it is read. */
export interface ImageAxes {
  /** The axes from the outside in. */
  readonly layout: "NHW" | "NHWC" | "NCHW";
  readonly count: number;
  readonly channels: number;
  /** In pixels. */
  readonly height: number;
  readonly width: number;
}

/** Gray and RGB. */
const isChannels = (extent: number): boolean => extent === 1 || extent === 3;

/**
 * Reads three axes as [N, H, W]. Of four, either the second or the last one has 1 or 3 entries, and
 * is that of the channels.
 *
 * @param where the file's name, for messages
 * @throws InputError for any other number of axes, and where both could be the channels or neither
 */
export function imageAxes(extents: readonly number[], where: string): ImageAxes {
  const [count, a, b, c] = extents as [number, number, number, number];
  if (extents.length === 3) return { layout: "NHW", count, channels: 1, height: a, width: b };
  const expected = "images [N, H, W], [N, H, W, C] or [N, C, H, W]";
  const found = formatShape(extents);
  if (extents.length !== 4) reject(where, expected, found);
  if (isChannels(a) && isChannels(c))
    reject(where, expected, found, "either axis could be that of the channels");
  if (isChannels(c)) return { layout: "NHWC", count, channels: c, height: a, width: b };
  if (isChannels(a)) return { layout: "NCHW", count, channels: a, height: b, width: c };
  reject(where, `${expected} with 1 or 3 channels`, found);
}

/** Pixels in the order [N, C, H, W]; the same array where that is their order. */
export function planesFirst(pixels: Uint8Array, axes: ImageAxes): Uint8Array {
  const { layout, count, channels, height, width } = axes;
  if (layout !== "NHWC" || channels === 1) return pixels;
  const area = height * width;
  const planes = new Uint8Array(pixels.length);
  for (let n = 0; n < count; n++)
    for (let c = 0; c < channels; c++) {
      const to = (n * channels + c) * area;
      const from = n * channels * area + c;
      for (let p = 0; p < area; p++) planes[to + p] = pixels[from + p * channels]!;
    }
  return planes;
}
