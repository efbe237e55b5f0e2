import { type LabelledImages, loadMnist, type Mnist } from "leibniz/data";

let loaded: Promise<Mnist> | null = null;

/** MNIST, read once for all tests. */
export function mnist(): Promise<Mnist> {
  return (loaded ??= loadMnist());
}

/** `count` images of a data set, from the given one on. Shares memory. */
export function someImages(
  { images, labels }: LabelledImages,
  count: number,
  from = 0,
): LabelledImages {
  const size = images.height * images.width;
  return {
    images: {
      ...images,
      count,
      pixels: images.pixels.subarray(from * size, (from + count) * size),
    },
    labels: labels.subarray(from, from + count),
  };
}
