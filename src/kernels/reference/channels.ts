/**
 * Passes over [N, C, ...] with a few numbers for each channel c, which is what normalisation is
 * made of. Added up in float64.
 */
import {
  type Allocator,
  formatShape,
  reject,
  sameShape,
  sizeOf,
  Tensor,
} from "../../tensor/index.js";
import type { ChannelAffine, ChannelLine, ChannelMoments, ChannelSums } from "../backend.js";
import { asImages } from "../in-memory.js";
import type { WinnersGradient } from "../winners-gradient.js";

/** See {@link Backend.channelMoments}. */
export function channelMoments(x: Tensor, allocator: Allocator): ChannelMoments {
  const { N, C, P } = channelExtents("channelMoments", x);
  const source = x.contiguous().data;
  const [mean, variance] = [new Float64Array(C), new Float64Array(C)];
  for (let c = 0; c < C; c++) {
    let total = 0;
    for (let n = 0; n < N; n++) {
      const start = (n * C + c) * P;
      for (let p = start; p < start + P; p++) total += source[p]!;
    }
    const mu = total / (N * P);
    let squares = 0;
    for (let n = 0; n < N; n++) {
      const start = (n * C + c) * P;
      for (let p = start; p < start + P; p++) squares += (source[p]! - mu) * (source[p]! - mu);
    }
    mean[c] = mu;
    variance[c] = squares / (N * P);
  }
  const ofChannels = (values: Float64Array): Tensor => Tensor.from(values, [C], x.dtype, allocator);
  return { mean: ofChannels(mean), variance: ofChannels(variance) };
}

/** See {@link Backend.channelSums}. */
export function channelSums(
  given: Tensor | WinnersGradient,
  y: Tensor,
  allocator: Allocator,
): ChannelSums {
  const x = asImages(given);
  const { N, C, P } = channelExtents("channelSums", x, { y });
  const [source, other] = [x.contiguous().data, y.contiguous().data];
  const [sum, product] = [new Float64Array(C), new Float64Array(C)];
  for (let n = 0, i = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      for (let p = 0; p < P; p++, i++) {
        sum[c]! += source[i]!;
        product[c]! += source[i]! * other[i]!;
      }
    }
  }
  const ofChannels = (values: Float64Array): Tensor => Tensor.from(values, [C], x.dtype, allocator);
  return { sum: ofChannels(sum), product: ofChannels(product) };
}

/** See {@link Backend.channelAffine}. */
export function channelAffine(x: Tensor, numbers: ChannelAffine, allocator: Allocator): Tensor {
  const { scale, centre, shift } = numbers;
  const { N, C, P } = channelExtents("channelAffine", x, {}, numbers);
  const source = x.contiguous().data;
  const factors = scale.contiguous().data;
  const [middles, summands] = [centre?.contiguous().data, shift?.contiguous().data];
  const out = Tensor.zeros(x.shape, x.dtype, allocator);
  const target = out.data;
  for (let n = 0, i = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      const [factor, middle, summand] = [factors[c]!, middles?.[c] ?? 0, summands?.[c] ?? 0];
      for (let p = 0; p < P; p++, i++) target[i] = factor * (source[i]! - middle) + summand;
    }
  }
  return out;
}

/** See {@link Backend.channelResidual}. */
export function channelResidual(
  given: Tensor | WinnersGradient,
  x: Tensor,
  line: ChannelLine,
  allocator: Allocator,
): Tensor {
  const y = asImages(given);
  const { intercept, slope, scale } = line;
  const { N, C, P } = channelExtents("channelResidual", y, { x }, line);
  const [source, other] = [y.contiguous().data, x.contiguous().data];
  const [starts, slopes] = [intercept.contiguous().data, slope.contiguous().data];
  const factors = scale.contiguous().data;
  const out = Tensor.zeros(y.shape, y.dtype, allocator);
  const target = out.data;
  for (let n = 0, i = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      const [start, steepness, factor] = [starts[c]!, slopes[c]!, factors[c]!];
      for (let p = 0; p < P; p++, i++)
        target[i] = factor * (source[i]! - start - steepness * other[i]!);
    }
  }
  return out;
}

/**
 * N images of C channels of P pixels.
 *
 * @param alike other operands, of x's shape
 * @param ofChannels numbers of each channel, [C]
 * @throws InputError unless they are, and of x's element type
 */
export function channelExtents(
  where: string,
  given: Tensor | WinnersGradient,
  alike: Readonly<Record<string, Tensor>> = {},
  ofChannels: ChannelAffine | ChannelLine | null = null,
): { readonly N: number; readonly C: number; readonly P: number } {
  const images = given instanceof Tensor ? given.shape : given.imageShape;
  if (images.length < 2) reject(where, "an operand of shape [N, C, ...]", formatShape(images));
  const [N, C] = images as [number, number];
  const check = (name: string, { shape, dtype }: Tensor, expected: readonly number[]): void => {
    if (!sameShape(shape, expected))
      reject(where, `${name} of shape ${formatShape(expected)}`, formatShape(shape));
    if (dtype !== given.dtype)
      reject(
        where,
        "operands of one element type",
        `${given.dtype} and ${dtype}`,
        "convert one with astype",
      );
  };
  for (const [name, tensor] of Object.entries(alike)) check(name, tensor, images);
  for (const [name, tensor] of Object.entries<Tensor>({ ...ofChannels })) check(name, tensor, [C]);
  return { N, C, P: sizeOf(images.slice(2)) };
}
