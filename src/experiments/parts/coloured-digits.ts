/**
 * Digits in colour, made by a rule: MNIST has none. Each digit is drawn in an ink on a ground, both
 * drawn at random, and says nothing about its class by them.
 *
 * Then they are pooled, the channels apart or together.
 */
import { type Batch, Dataset, type ImageSet, type LabelledImages } from "../../data/index.js";
import { type Allocator, heapAllocator, type Random, Tensor } from "../../tensor/index.js";

/** How far ink and ground are apart at least: the colours' longest distance is √3. */
const LEAST_DISTANCE = 0.5;

export interface Colours {
  /** Red, green and blue in [0, 1], for each image. */
  readonly ink: Float32Array;
  readonly ground: Float32Array;
}

/** Colours for `count` images, evenly drawn, and again where the two are too much alike. */
export function drawColours(count: number, random: Random): Colours {
  const [ink, ground] = [new Float32Array(3 * count), new Float32Array(3 * count)];
  for (let n = 0; n < count; n++) {
    let squares = 0;
    do {
      squares = 0;
      for (let c = 3 * n; c < 3 * n + 3; c++) {
        [ink[c], ground[c]] = [random.next(), random.next()];
        squares += (ink[c]! - ground[c]!) * (ink[c]! - ground[c]!);
      }
    } while (squares < LEAST_DISTANCE * LEAST_DISTANCE);
  }
  return { ink, ground };
}

/** Takes the largest or the mean of 2×2 pixels, of each channel or of all three together. */
export interface ColourPool {
  readonly takes: "largest" | "mean";
  readonly keepsChannels: boolean;
}

/** Coloured digits, pooled: x is [N, 3 or 1, H/2, W/2]. */
export function pooledColourDigits(
  digits: LabelledImages,
  colours: Colours,
  pool: ColourPool,
): Dataset {
  const { images, labels } = digits;
  const batch = (indices: ArrayLike<number>, allocator: Allocator = heapAllocator): Batch => ({
    x: pooledColours(images, colours, pool, indices, allocator),
    target: Int32Array.from(indices, (index) => labels[index]!),
  });
  return new Dataset({ count: images.count, batch });
}

function pooledColours(
  { height: H, width: W, pixels }: ImageSet,
  { ink, ground }: Colours,
  { takes, keepsChannels }: ColourPool,
  indices: ArrayLike<number>,
  allocator: Allocator,
): Tensor {
  const [C, outH, outW] = [keepsChannels ? 3 : 1, Math.floor(H / 2), Math.floor(W / 2)];
  const x = Tensor.zeros([indices.length, C, outH, outW], "float32", allocator);
  const out = x.data;
  for (let n = 0; n < indices.length; n++) {
    const [at, image] = [3 * indices[n]!, indices[n]! * H * W];
    for (let p = 0; p < outH; p++)
      for (let q = 0; q < outW; q++) {
        const first = image + 2 * p * W + 2 * q;
        const [a, b] = [pixels[first]!, pixels[first + 1]!];
        const [c, d] = [pixels[first + W]!, pixels[first + W + 1]!];
        // from ground to ink a colour only rises or only falls, so its extremes are the digit's
        const [least, most] = [Math.min(a, b, c, d) / 255, Math.max(a, b, c, d) / 255];
        const mean = (a + b + c + d) / (4 * 255);
        let merged = 0;
        for (let colour = 0; colour < 3; colour++) {
          const [from, to] = [ground[at + colour]!, ink[at + colour]!];
          const share = takes === "mean" ? mean : to > from ? most : least;
          const pooled = from + share * (to - from);
          if (keepsChannels) out[((n * 3 + colour) * outH + p) * outW + q] = pooled;
          else if (takes === "mean") merged += pooled / 3;
          else merged = Math.max(merged, pooled);
        }
        if (!keepsChannels) out[(n * outH + p) * outW + q] = merged;
      }
  }
  return x;
}
