/**
 * A photo of a digit as MNIST's images were made (LeCun and others, 1998): bright on black, scaled
 * into a box of 20 × 20 pixels without changing its proportions, and moved until its centre of mass
 * is in the middle of 28 × 28.
 */
import { reject } from "../tensor/index.js";
import { type Box, type GrayImage, grayOf, resize } from "./gray-image.js";
import { findInk, strokeWidth, thicken, withoutSpecks } from "./ink.js";
import type { Picture } from "./files/picture.js";

/** Larger pictures are made smaller first, which takes their noise away as well. */
const LONGEST_SIDE = 320;
/** Of the whole image, what the digit's box takes: 20 of 28 pixels. */
const BOX_SHARE = 20 / 28;
/** Most of MNIST's strokes are wider, in pixels of 28. */
const LEAST_STROKE = 1.6;
/** How wide a thinner one is made. */
const USUAL_STROKE = 2.2;

/** A picture made ready for a network. */
export interface Prepared {
  /** [C, H, W] bytes, 0 is black; of a digit, C is 1, 0 is paper and 255 ink. */
  readonly pixels: Uint8Array;
  /** What was done, for people, on one line. */
  readonly steps: string;
}

/**
 * A photo of a digit, dark on bright or bright on dark, as MNIST's images were made (LeCun and
 * others, 1998): bright on black, scaled into 20/28 of the image without changing its proportions,
 * and moved until its centre of mass is in the middle. Thin strokes are widened.
 *
 * @param height and `width` of the image that is made, 28 and 28 for MNIST's
 * @param where the picture, for messages
 * @throws InputError when nothing stands out in the picture
 */
export function asMnist(picture: Picture, height: number, width: number, where: string): Prepared {
  const ink = findInk(shrunk(grayOf(picture)));
  if (ink === null)
    return reject(where, "a digit that stands out from its background", "an even picture");
  const { image, box } = withoutSpecks(ink.image);
  const [mostH, mostW] = [BOX_SHARE * height, BOX_SHARE * width];
  const scale = Math.min(mostH / box.height, mostW / box.width);
  const stroke = scale * strokeWidth(image);
  const missing = (USUAL_STROKE - stroke) / 2 / scale;
  const radius = stroke < LEAST_STROKE ? Math.max(0, Math.round(missing)) : 0;
  const { drawn, around } =
    radius === 0 ? { drawn: image, around: box } : widened(image, box, radius);
  const fit = Math.min(mostH / around.height, mostW / around.width);
  const inner = resize(
    drawn,
    around,
    Math.max(1, Math.round(fit * around.height)),
    Math.max(1, Math.round(fit * around.width)),
  );
  const background = ink.isDarkOnBright ? "dark on bright, inverted" : "bright on dark";
  const steps = [
    `${picture.height}×${picture.width} pixels`,
    background,
    `the digit scaled to ${inner.height}×${inner.width}`,
    ...(radius > 0 ? ["its thin strokes widened"] : []),
    `its centre of mass in the middle of ${height}×${width}`,
  ].join("; ");
  return { pixels: centred(inner, height, width), steps };
}

function shrunk(image: GrayImage): GrayImage {
  const longest = Math.max(image.height, image.width);
  if (longest <= LONGEST_SIDE) return image;
  const scaled = (extent: number): number =>
    Math.max(1, Math.round((extent * LONGEST_SIDE) / longest));
  const all = { top: 0, left: 0, height: image.height, width: image.width };
  return resize(image, all, scaled(image.height), scaled(image.width));
}

/** Wider strokes, with room for them where the ink touches the edge. */
function widened(image: GrayImage, box: Box, radius: number): { drawn: GrayImage; around: Box } {
  const [height, width] = [box.height + 2 * radius, box.width + 2 * radius];
  const values = new Float64Array(height * width);
  for (let h = 0; h < box.height; h++)
    for (let w = 0; w < box.width; w++)
      values[(h + radius) * width + w + radius] =
        image.values[(box.top + h) * image.width + box.left + w]!;
  const drawn = thicken({ height, width, values }, radius);
  return { drawn, around: { top: 0, left: 0, height, width } };
}

/** In the middle of an empty image, by the centre of mass, as far as that leaves it whole. */
function centred(image: GrayImage, height: number, width: number): Uint8Array {
  let [mass, momentH, momentW] = [0, 0, 0];
  for (let h = 0; h < image.height; h++)
    for (let w = 0; w < image.width; w++) {
      const value = image.values[h * image.width + w]!;
      mass += value;
      momentH += (h + 0.5) * value;
      momentW += (w + 0.5) * value;
    }
  const place = (extent: number, inner: number, centre: number): number =>
    Math.min(extent - inner, Math.max(0, Math.round(extent / 2 - centre)));
  const top = place(height, image.height, momentH / mass);
  const left = place(width, image.width, momentW / mass);
  const pixels = new Uint8Array(height * width);
  for (let h = 0; h < image.height; h++)
    for (let w = 0; w < image.width; w++)
      pixels[(top + h) * width + left + w] = Math.round(image.values[h * image.width + w]!);
  return pixels;
}
