/** The picture of a state as a tensor [1, C, H, W] of numbers from 0, black, to 1, white. */
import { grayOf, type GrayImage, type Picture, resize } from "leibniz/data";
import { Tensor } from "leibniz/tensor";
import digits from "../../home/digits.json" with { type: "json" };
import { scene } from "./scene.js";
import { channelsOf, type FiltersState, INK, SMALL_SIDE } from "./state.js";

/** A file that the page has decoded. */
export interface GivenPicture {
  /** Tells it from those before it. */
  readonly stamp: number;
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and 255, those of a pixel together. */
  readonly pixels: Uint8Array;
}

export function pictureOf(state: FiltersState, given: GivenPicture | null): Tensor {
  if (state.picture === "digit") return small(bytesOf(digits[state.digit]!.pixels), 255);
  if (state.picture === "drawing") return small(state.drawing, INK);
  const { side } = state;
  if (state.picture === "scene") return scaled(scene(), side, channelsOf(state));
  if (given === null) throw new Error("There is no picture yet: choose a file, or drop one here.");
  const { width, height, pixels } = given;
  return scaled({ channels: 4, width, height, pixels }, side, channelsOf(state));
}

const small = (values: ArrayLike<number>, white: number): Tensor =>
  Tensor.from(
    Array.from(values, (value) => value / white),
    [1, 1, SMALL_SIDE, SMALL_SIDE],
    "float64",
  );

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** Its longer side has this many pixels. */
function scaled(picture: Picture, side: number, channels: 1 | 3): Tensor {
  const { height, width } = picture;
  const longer = Math.max(height, width);
  const size = (extent: number): number => Math.max(1, Math.round((extent * side) / longer));
  const [H, W] = [size(height), size(width)];
  const planes: GrayImage[] =
    channels === 1 ? [grayOf(picture)] : [0, 1, 2].map((c) => channelOf(picture, c));
  const whole = { top: 0, left: 0, height, width };
  const values = planes.flatMap((plane) =>
    Array.from(resize(plane, whole, H, W).values, (value) => value / 255),
  );
  return Tensor.from(values, [1, channels, H, W], "float64");
}

function channelOf({ channels, height, width, pixels }: Picture, c: number): GrayImage {
  const values = Float64Array.from({ length: height * width }, (_, p) => pixels[p * channels + c]!);
  return { height, width, values };
}
