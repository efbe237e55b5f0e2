/** Images made from others, as bytes: some of them, moved ones, shuffled ones. */
import { drawSubset, ImageDataset, type ImageSet, type LabelledImages } from "../../data/index.js";
import { Random } from "../../tensor/index.js";

/** The images with these numbers, in this order. Copies them. */
export function chosenImages(
  { images, labels }: LabelledImages,
  indices: ArrayLike<number>,
): ImageDataset {
  const size = images.pixels.length / images.count;
  const pixels = new Uint8Array(indices.length * size);
  const chosen = new Uint8Array(indices.length);
  for (let n = 0; n < indices.length; n++) {
    const from = indices[n]! * size;
    pixels.set(images.pixels.subarray(from, from + size), n * size);
    chosen[n] = labels[indices[n]!]!;
  }
  return new ImageDataset({
    images: { ...images, count: indices.length, pixels },
    labels: chosen,
  });
}

/**
 * The same few images each time: for what would take too long with all of them. The order of a file
 * may be one of difficulty, so they are drawn.
 */
export function aFewImages(all: ImageDataset, count: number): ImageDataset {
  const drawn = drawSubset(all.count, Math.min(count, all.count), new Random("a few images"));
  return chosenImages(all, drawn);
}

/**
 * Images [N, H, W] whose contents have moved down by `dH` pixels and right by `dW`. What leaves the
 * image is lost, and what comes in is 0.
 */
export function movedImages(images: ImageSet, dH: number, dW: number): ImageSet {
  const { count, height: H, width: W, pixels } = images;
  const moved = new Uint8Array(pixels.length);
  for (let n = 0; n < count; n++)
    for (let h = Math.max(0, dH); h < Math.min(H, H + dH); h++)
      for (let w = Math.max(0, dW); w < Math.min(W, W + dW); w++)
        moved[(n * H + h) * W + w] = pixels[(n * H + h - dH) * W + w - dW]!;
  return { ...images, pixels: moved };
}

/** Each image with its pixels in this order. */
export function shuffledPixels(
  { images, labels }: LabelledImages,
  order: Uint32Array,
): ImageDataset {
  const { count, pixels } = images;
  const size = order.length;
  const shuffled = new Uint8Array(pixels.length);
  for (let n = 0; n < count; n++)
    for (let p = 0; p < size; p++) shuffled[n * size + p] = pixels[n * size + order[p]!]!;
  return new ImageDataset({ images: { ...images, pixels: shuffled }, labels });
}
