/** What becomes of accuracy, and of each layer, when pictures move. */
import { softmaxCrossEntropy } from "../../backprop/index.js";
import { ImageDataset } from "../../data/index.js";
import type { Sequential } from "../../network/index.js";
import type { Tensor } from "../../tensor/index.js";
import { accuracy, measure } from "../../training/index.js";
import { movedImages } from "./changed-images.js";
import { type ColourPool, type Colours, pooledColourDigits } from "./coloured-digits.js";
import type { Laboratory } from "../laboratory.js";
import { layerChanges } from "./layer-change.js";

/** As [down, right], times the distance in pixels. */
const DIRECTIONS = [
  ...[[-1, 0] as const, [-1, 1] as const, [0, 1] as const, [1, 1] as const],
  ...[[1, 0] as const, [1, -1] as const, [0, -1] as const, [-1, -1] as const],
];

export function movedDataset(
  { images, labels }: ImageDataset,
  dH: number,
  dW: number,
): ImageDataset {
  return new ImageDataset({ images: movedImages(images, dH, dW), labels });
}

function wholeBatch(all: {
  count: number;
  batch: (i: ArrayLike<number>) => { x: Tensor };
}): Tensor {
  return all.batch(Array.from({ length: all.count }, (_, i) => i)).x;
}

/** Of the layers, when the pictures move by a pixel. */
export function changesByAPixel(images: ImageDataset) {
  return (network: Sequential, { backend }: Pick<Laboratory, "backend">) =>
    layerChanges(
      network,
      wholeBatch(images),
      DIRECTIONS.map(([dH, dW]) => wholeBatch(movedDataset(images, dH, dW))),
      backend,
    );
}

/** The accuracy at each distance, in each direction. */
export async function movedAccuracies(
  network: Sequential,
  { backend, stop }: Laboratory,
  farthest: number,
  moved: (dH: number, dW: number) => ImageDataset | ReturnType<typeof pooledColourDigits>,
): Promise<number[][]> {
  const byDistance: number[][] = [];
  for (let distance = 0; distance <= farthest; distance++) {
    const directions = distance === 0 ? DIRECTIONS.slice(0, 1) : DIRECTIONS;
    byDistance.push([]);
    for (const [dH, dW] of directions) {
      stop?.throwIfAborted();
      const data = moved(distance * dH, distance * dW);
      const loss = softmaxCrossEntropy();
      const { metrics } = await measure(network, {
        ...{ backend, data, loss, metrics: { accuracy } },
      });
      byDistance[distance]!.push(metrics["accuracy"]!);
    }
  }
  return byDistance;
}

/** When the digits move by a pixel: √(Σ‖f(moved) − f(x)‖² / Σ‖f(x) − its mean‖²). */
export function changeOfPooled(digits: ImageDataset, colours: Colours, pool: ColourPool): number {
  const pooled = (images: ImageDataset): Tensor =>
    wholeBatch(pooledColourDigits(images, colours, pool));
  const x = pooled(digits);
  let [changes, contrast] = [0, 0];
  for (const [dH, dW] of DIRECTIONS) {
    const moved = pooled(movedDataset(digits, dH, dW)).data;
    for (let i = 0; i < moved.length; i++)
      changes += (moved[i]! - x.data[i]!) * (moved[i]! - x.data[i]!);
  }
  const area = x.shape[2]! * x.shape[3]!;
  for (let from = 0; from < x.size; from += area) {
    const plane = x.data.subarray(from, from + area);
    let mean = 0;
    for (const value of plane) mean += value / area;
    for (const value of plane) contrast += (value - mean) * (value - mean);
  }
  return Math.sqrt(changes / (DIRECTIONS.length * contrast));
}
