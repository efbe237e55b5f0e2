/** Pictures after a filter or a pooling, and how rough they are. */
import { averagePool2dForward, conv2dForward, maxPool2dForward } from "../../backprop/index.js";
import { asPhoto, readOwnPicture } from "../../data/index.js";
import type { Backend } from "../../kernels/index.js";
import { Tensor } from "../../tensor/index.js";
import { type PackedPicture, packPicture } from "./packed-picture.js";

/** A cup of coffee by Rachel Michetti, CC0, 256×256 in colour: see results/experiments/filters. */
const PHOTO = "results/experiments/filters/photo.jpg";
/** Of it, in pixels. */
const SIDE = 256;

let decoded: Promise<Tensor> | null = null;

/** [1, 3, 256, 256], in [0, 1]; decoded once. */
export function photograph(): Promise<Tensor> {
  return (decoded ??= decodePhotograph());
}

async function decodePhotograph(): Promise<Tensor> {
  const { pixels } = asPhoto(await readOwnPicture(PHOTO), [3, SIDE, SIDE]);
  return Tensor.from(
    Float32Array.from(pixels, (byte) => byte / 255),
    [1, 3, SIDE, SIDE],
  );
}

export async function average(x: Tensor, side: number, backend: Backend): Promise<Tensor> {
  return (await averagePool2dForward(x, { kernelSize: side, stride: side }, backend)).out;
}

export async function largest(x: Tensor, side: number, backend: Backend): Promise<Tensor> {
  return (await maxPool2dForward(x, { kernelSize: side, stride: side }, backend)).out;
}

/** The filter on every channel, a part of it each: their mean is what it would make of gray. */
export async function convolved(
  x: Tensor,
  filter: readonly number[],
  backend: Backend,
): Promise<Tensor> {
  const C = x.shape[1]!;
  const entries = Array.from({ length: 9 * C }, (_, i) => filter[i % 9]! / C);
  const weight = Tensor.from(entries, [1, C, 3, 3], "float32");
  return (await conv2dForward(x, weight, null, {}, backend)).out;
}

/** Of the first image: a map [H, W], or a picture in colour. */
export function packed(x: Tensor): PackedPicture {
  const [, C, H, W] = x.shape as [number, number, number, number];
  const { data } = x.contiguous();
  return packPicture(data.slice(0, C * H * W), C === 1 ? [H, W] : [C, H, W]);
}

/** Mean |difference| between pixels beside and below each other. */
export function meanStep(x: Tensor): number {
  const [H, W] = x.shape.slice(2) as [number, number];
  const { data } = x.contiguous();
  let [sum, count] = [0, 0];
  for (let at = 0; at < data.length; at++) {
    const [h, w] = [Math.floor(at / W) % H, at % W];
    if (w + 1 < W) sum += Math.abs(data[at + 1]! - data[at]!);
    if (h + 1 < H) sum += Math.abs(data[at + W]! - data[at]!);
    count += Number(w + 1 < W) + Number(h + 1 < H);
  }
  return sum / count;
}
