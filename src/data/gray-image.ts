/** Gray images as numbers, and what is done to them before a network sees them. */
import { reject } from "../tensor/index.js";
import type { Picture } from "./files/picture.js";

/** An image of one channel, as numbers that need not be whole. */
export interface GrayImage {
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  /** height·width numbers, row-major; 0 is black, 255 white. */
  readonly values: Float64Array;
}

/** A part of an image, in pixels. */
export interface Box {
  /** Its first row, counted from 0. */
  readonly top: number;
  /** Its first column, counted from 0. */
  readonly left: number;
  /** Rows, from `top` on. */
  readonly height: number;
  /** Columns, from `left` on. */
  readonly width: number;
}

/**
 * The brightness that an eye sees, as in ITU-R BT.601: 0.299 red + 0.587 green + 0.114 blue. What
 * is transparent takes the side that the ink does not have: white around dark ink.
 */
export function grayOf({ channels, height, width, pixels }: Picture): GrayImage {
  const hasAlpha = channels === 2 || channels === 4;
  const gray = new Float64Array(height * width);
  const alpha = hasAlpha ? new Float64Array(height * width) : null;
  let [weight, sum] = [0, 0];
  for (let p = 0; p < height * width; p++) {
    const at = p * channels;
    const first = pixels[at]!;
    const isGray = channels < 3 || (first === pixels[at + 1] && first === pixels[at + 2]);
    gray[p] = isGray ? first : 0.299 * first + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!;
    if (alpha === null) continue;
    alpha[p] = pixels[at + channels - 1]! / 255;
    weight += alpha[p]!;
    sum += alpha[p]! * gray[p]!;
  }
  const behind = sum < 127.5 * weight ? 255 : 0;
  if (alpha !== null)
    for (let p = 0; p < gray.length; p++) gray[p] = alpha[p]! * gray[p]! + (1 - alpha[p]!) * behind;
  return { height, width, values: gray };
}

/**
 * A box of an image at another size. Each new pixel is the mean over the area that it covers; where
 * the image grows, it is drawn between the centres of the old ones.
 *
 * @param height and `width` of the result, in pixels, each at least 1
 * @throws InputError when the box is not inside the image
 */
export function resize(image: GrayImage, box: Box, height: number, width: number): GrayImage {
  const { top, left } = box;
  if (top < 0 || left < 0 || top + box.height > image.height || left + box.width > image.width)
    reject("resize", "a box inside the image", JSON.stringify(box));
  const rows = weightsOf(top, box.height, height);
  const columns = weightsOf(left, box.width, width);
  const between = new Float64Array(image.height * width); // rows as they were, columns new
  for (let h = top; h < top + box.height; h++)
    for (const [w, { from, weights }] of columns.entries()) {
      let sum = 0;
      const at = h * image.width + from;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * image.values[at + i]!;
      between[h * width + w] = sum;
    }
  const values = new Float64Array(height * width);
  for (const [h, { from, weights }] of rows.entries())
    for (let w = 0; w < width; w++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++)
        sum += weights[i]! * between[(from + i) * width + w]!;
      values[h * width + w] = sum;
    }
  return { height, width, values };
}

/** What each new pixel of an axis is made of. */
interface AxisWeights {
  /** The first old pixel. */
  readonly from: number;
  /** They add up to 1. */
  readonly weights: readonly number[];
}

/** @param start and `count` old pixels become `size` new ones */
function weightsOf(start: number, count: number, size: number): readonly AxisWeights[] {
  const step = count / size;
  const last = start + count - 1;
  return Array.from({ length: size }, (_, i) => {
    if (step < 1) {
      const centre = start + (i + 0.5) * step - 0.5;
      const from = Math.min(last, Math.max(start, Math.floor(centre)));
      const share = Math.min(1, Math.max(0, centre - from));
      return from === last ? { from, weights: [1] } : { from, weights: [1 - share, share] };
    }
    const [begin, end] = [start + i * step, start + (i + 1) * step];
    const from = Math.min(last, Math.floor(begin));
    const to = Math.min(last, Math.ceil(end) - 1);
    const weights = Array.from({ length: to - from + 1 }, (_, k) => {
      const covered = Math.min(end, from + k + 1) - Math.max(begin, from + k);
      return Math.max(0, covered) / step;
    });
    return { from, weights };
  });
}
