import { type Allocator, heapAllocator, type Random, reject, Tensor } from "../tensor/index.js";
import type { LabelledImages } from "./labelled-images.js";

/** Some images as a network takes them. */
export interface ImageBatch {
  /** [N, C, H, W], float32, pixels in [0, 1]. */
  readonly x: Tensor;
  /** N classes. */
  readonly labels: Int32Array;
}

/** Each byte divided by 255: a look-up is faster than a division. */
const IN_UNIT_RANGE = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/**
 * Converts the images with the given indices, in that order, from bytes to numbers, (mistakes.6).
 * Done batch by batch, the data set takes a quarter of the memory that it would take as float32.
 *
 * @param indices N of them, in any order; one may come several times
 * @param allocator where x lives; JavaScript's heap if left out
 * @throws InputError when there is no image with one of the indices
 */
export function makeBatch(
  { images, labels }: LabelledImages,
  indices: ArrayLike<number>,
  allocator: Allocator = heapAllocator,
): ImageBatch {
  const { channels = 1, height, width, pixels } = images;
  const size = channels * height * width;
  const x = Tensor.zeros([indices.length, channels, height, width], "float32", allocator);
  const chosen = new Int32Array(indices.length);
  const target = x.data;
  // (mistakes.6) x[n, 0, h, w] = pixels[indices[n], h, w] / 255, labels[n] = labels[indices[n]]
  for (let n = 0; n < indices.length; n++) {
    const index = indices[n]!;
    if (!(Number.isInteger(index) && index >= 0 && index < labels.length))
      reject("makeBatch", `indices from 0 to ${labels.length - 1}`, `${index} at position ${n}`);
    const from = index * size;
    for (let p = 0; p < size; p++) target[n * size + p] = IN_UNIT_RANGE[pixels[from + p]!]!;
    chosen[n] = labels[index]!;
  }
  return { x, labels: chosen };
}

/**
 * Cuts an order of examples into batches; the last one may be smaller. The pieces share memory with
 * `order`.
 *
 * @throws InputError when the batch size is no whole number ≥ 1
 */
export function* batches(order: Uint32Array, batchSize: number): Generator<Uint32Array> {
  if (!Number.isInteger(batchSize) || batchSize < 1)
    reject("batches", "a batch size that is a whole number ≥ 1", String(batchSize));
  for (let start = 0; start < order.length; start += batchSize)
    yield order.subarray(start, start + batchSize);
}

/** The same indices in random order. */
export function shuffledOrder(indices: Uint32Array, random: Random): Uint32Array {
  return random.permutation(indices.length).map((position) => indices[position]!);
}

/**
 * `count` different indices out of 0 … total − 1, in random order.
 *
 * @throws InputError when `count` is no whole number from 1 to `total`
 */
export function drawSubset(total: number, count: number, random: Random): Uint32Array {
  if (!Number.isInteger(count) || count < 1 || count > total)
    reject("drawSubset", `a number from 1 to ${total}`, String(count));
  return random.permutation(total).slice(0, count);
}
