/** Checks what is fed to a network: that bytes, images and labels stay together and in place. */
import {
  batches,
  makeBatch,
  makeDataset,
  parseIdxImages,
  parseIdxLabels,
  shuffledOrder,
} from "../../data/index.js";
import { Random } from "../../tensor/index.js";
import type { Check } from "./check.js";

const [COUNT, HEIGHT, WIDTH] = [10, 2, 3];

/** An idx file of `COUNT` images in which every byte is different, and one of their labels. */
function files(): { images: Uint8Array; labels: Uint8Array } {
  const header = (...extents: number[]): number[] => [
    0,
    0,
    8,
    extents.length,
    ...extents.flatMap((extent) => [0, 0, 0, extent]),
  ];
  const pixels = Array.from({ length: COUNT * HEIGHT * WIDTH }, (_, i) => 255 - 4 * i);
  return {
    images: Uint8Array.from([...header(COUNT, HEIGHT, WIDTH), ...pixels]),
    labels: Uint8Array.from([
      ...header(COUNT),
      ...Array.from({ length: COUNT }, (_, n) => (3 * n + 4) % 10),
    ]),
  };
}

async function whatIsWrongWithTheData(): Promise<string | null> {
  const { images, labels } = files();
  const dataset = makeDataset(
    parseIdxImages(images, "images"),
    parseIdxLabels(labels, "labels"),
    "labels",
  );
  const indices = [7, 0, 9, 3];
  const { x, labels: chosen } = makeBatch(dataset, indices);
  for (const [n, index] of indices.entries()) {
    if (chosen[n] !== (3 * index + 4) % 10)
      return (
        `image ${index} in place ${n} of a batch has the label ${chosen[n]}, ` +
        `not its own ${(3 * index + 4) % 10}`
      );
    for (let h = 0; h < HEIGHT; h++) {
      for (let w = 0; w < WIDTH; w++) {
        const byte = 255 - 4 * ((index * HEIGHT + h) * WIDTH + w);
        const pixel = x.get(n, 0, h, w);
        if (!(Math.abs(pixel - byte / 255) < 1e-6))
          return (
            `pixel [${h}, ${w}] of image ${index} is ${Number(pixel.toFixed(4))}, ` +
            `its byte is ${byte}`
          );
      }
    }
  }
  const order = shuffledOrder(
    Uint32Array.from({ length: COUNT }, (_, i) => i),
    new Random("bugs"),
  );
  const missing = Array.from({ length: COUNT }, (_, i) => i).find((i) => !order.includes(i));
  if (missing !== undefined) return `an epoch in random order does not come to image ${missing}`;
  const cut = [...batches(order, 4)].flatMap((batch) => [...batch]);
  return cut.join() === order.join()
    ? null
    : `${COUNT} images in batches of 4 are ${cut.length} images`;
}

export const dataCheck: Check<"data"> = {
  name: "data",
  description: "bytes, images and labels stay together and in place, and every image has its turn",
  run: whatIsWrongWithTheData,
};
