/** Pictures as a network takes them, other than digits. */
import { reject } from "../tensor/index.js";
import { type GrayImage, grayOf, resize } from "./gray-image.js";
import type { Prepared } from "./as-mnist.js";
import type { Picture } from "./files/picture.js";

/** [C, H, W] */
export type ImageShape = readonly [channels: number, height: number, width: number];

/**
 * The picture as it is, which must have the network's size, and be gray where that takes gray.
 *
 * @param shape [C, H, W] that the network takes, C 1 or 3
 * @param where the picture, for messages
 * @returns pixels [C, H, W]
 * @throws InputError when it has not
 */
export function asItIs(picture: Picture, shape: ImageShape, where: string): Prepared {
  const [channels, height, width] = shape;
  const planes = planesOf(picture);
  const size = (colours: number, h: number, w: number): string =>
    `${h}×${w} pixels in ${colours === 1 ? "gray" : "colour"}`;
  const isGray = planes.length === 1;
  if (picture.height !== height || picture.width !== width || (channels === 1 && !isGray))
    reject(
      where,
      `a picture of ${size(channels, height, width)}, as the network takes`,
      size(isGray ? 1 : 3, picture.height, picture.width),
      "without --raw it is prepared",
    );
  return { pixels: joined(planes, channels), steps: "taken as it is" };
}

/**
 * The middle of the picture, as large as its proportions allow, at the network's size.
 *
 * @param shape [C, H, W] that the network takes, C 1 or 3
 * @returns pixels [C, H, W]
 */
export function asPhoto(picture: Picture, shape: ImageShape): Prepared {
  const [channels, height, width] = shape;
  const fit = Math.min(picture.height / height, picture.width / width);
  const [cutH, cutW] = [
    Math.max(1, Math.round(fit * height)),
    Math.max(1, Math.round(fit * width)),
  ];
  const box = {
    top: Math.floor((picture.height - cutH) / 2),
    left: Math.floor((picture.width - cutW) / 2),
    height: cutH,
    width: cutW,
  };
  const planes = channels === 1 ? [grayOf(picture)] : planesOf(picture);
  const scaled = planes.map((plane) => resize(plane, box, height, width));
  const isWhole = cutH === picture.height && cutW === picture.width;
  const steps = [
    `${picture.height}×${picture.width} pixels`,
    ...(isWhole ? [] : [`the middle ${cutH}×${cutW}`]),
    `scaled to ${height}×${width}${channels === 1 ? " in gray" : ""}`,
  ].join("; ");
  return { pixels: joined(scaled, channels), steps };
}

/** One plane where all pixels are gray, or red, green and blue; what is transparent is white. */
function planesOf(picture: Picture): readonly GrayImage[] {
  const { channels, height, width, pixels } = picture;
  const colours = channels >= 3 ? 3 : 1;
  const planes = Array.from({ length: colours }, (_, c) => {
    const values = Float64Array.from({ length: height * width }, (__, p) => {
      const alpha = channels === colours ? 1 : pixels[(p + 1) * channels - 1]! / 255;
      return alpha * pixels[p * channels + c]! + (1 - alpha) * 255;
    });
    return { height, width, values };
  });
  const [red, green, blue] = planes;
  const isGray =
    green === undefined ||
    red!.values.every((value, p) => value === green.values[p] && value === blue!.values[p]);
  return isGray ? [red!] : planes;
}

/** Planes one after the other, as bytes; gray counts for each colour. */
function joined(planes: readonly GrayImage[], channels: number): Uint8Array {
  const area = planes[0]!.values.length;
  const pixels = new Uint8Array(channels * area);
  for (let c = 0; c < channels; c++)
    pixels.set(Uint8Array.from(planes[c % planes.length]!.values, Math.round), c * area);
  return pixels;
}
