/**
 * Passes over rows [N, M] with a few numbers for each row n and for each place i, which is what
 * layer normalisation is made of. On the way x is standardised: x̂ = scale · (x − centre). Added up
 * in float64.
 */
import { type Allocator, formatShape, reject, sameShape, Tensor } from "../../tensor/index.js";
import type { ChannelMoments, RowAffine, RowLine, RowSums, RowWeights } from "../backend.js";
import { channelMoments } from "./channels.js";

/** See {@link Backend.rowMoments}. */
export function rowMoments(x: Tensor, allocator: Allocator): ChannelMoments {
  const { N, M } = rowExtents("rowMoments", x);
  return channelMoments(x.reshape([1, N, M]), allocator);
}

/** See {@link Backend.rowAffine}. */
export function rowAffine(x: Tensor, numbers: RowAffine, allocator: Allocator): Tensor {
  const { scale, centre, weight, bias } = numbers;
  const ofRows = { scale, centre };
  const { N, M } = rowExtents("rowAffine", x, { ofRows, ofPlaces: { weight, bias } });
  const standardised = standardisedRows(x, ofRows);
  const [weights, biases] = [weight.contiguous().data, bias.contiguous().data];
  const out = Tensor.zeros(x.shape, x.dtype, allocator);
  for (let n = 0, at = 0; n < N; n++)
    for (let i = 0; i < M; i++, at++) out.data[at] = weights[i]! * standardised(n, at) + biases[i]!;
  return out;
}

/** See {@link Backend.rowSums}. */
export function rowSums(y: Tensor, x: Tensor, numbers: RowWeights, allocator: Allocator): RowSums {
  const { scale, centre, weight } = numbers;
  const ofRows = { scale, centre };
  const { N, M } = rowExtents("rowSums", y, { alike: { x }, ofRows, ofPlaces: { weight } });
  const source = y.contiguous().data;
  const standardised = standardisedRows(x, ofRows);
  const weights = weight.contiguous().data;
  const [overRows, productOverRows] = [new Float64Array(M), new Float64Array(M)];
  const [overPlaces, productOverPlaces] = [new Float64Array(N), new Float64Array(N)];
  for (let n = 0, at = 0; n < N; n++) {
    for (let i = 0; i < M; i++, at++) {
      const [value, xHat] = [source[at]!, standardised(n, at)];
      overRows[i]! += value;
      productOverRows[i]! += value * xHat;
      overPlaces[n]! += weights[i]! * value;
      productOverPlaces[n]! += weights[i]! * value * xHat;
    }
  }
  const stored = (values: Float64Array): Tensor =>
    Tensor.from(values, [values.length], y.dtype, allocator);
  return {
    overRows: { sum: stored(overRows), product: stored(productOverRows) },
    overPlaces: { sum: stored(overPlaces), product: stored(productOverPlaces) },
  };
}

/** See {@link Backend.rowResidual}. */
export function rowResidual(y: Tensor, x: Tensor, line: RowLine, allocator: Allocator): Tensor {
  const { weight, intercept, slope, scale, centre } = line;
  const ofRows = { intercept, slope, scale, centre };
  const { N, M } = rowExtents("rowResidual", y, { alike: { x }, ofRows, ofPlaces: { weight } });
  const source = y.contiguous().data;
  const standardised = standardisedRows(x, { scale, centre });
  const [starts, slopes] = [intercept.contiguous().data, slope.contiguous().data];
  const [weights, factors] = [weight.contiguous().data, scale.contiguous().data];
  const out = Tensor.zeros(y.shape, y.dtype, allocator);
  for (let n = 0, at = 0; n < N; n++) {
    const [start, steepness, factor] = [starts[n]!, slopes[n]!, factors[n]!];
    for (let i = 0; i < M; i++, at++) {
      const line = start + steepness * standardised(n, at);
      out.data[at] = factor * (weights[i]! * source[at]! - line);
    }
  }
  return out;
}

/** x̂ as a function of the row and of the position in the flat array. */
function standardisedRows(
  x: Tensor,
  { scale, centre }: Pick<RowWeights, "scale" | "centre">,
): (n: number, at: number) => number {
  const source = x.contiguous().data;
  const [factors, middles] = [scale.contiguous().data, centre.contiguous().data];
  return (n, at) => factors[n]! * (source[at]! - middles[n]!);
}

/** What a pass over rows takes besides them. */
interface RowOperands {
  /** Of their shape. */
  readonly alike?: Readonly<Record<string, Tensor>>;
  /** Numbers of each row, [N]. */
  readonly ofRows?: Readonly<Record<string, Tensor>>;
  /** Numbers of each place, [M]. */
  readonly ofPlaces?: Readonly<Record<string, Tensor>>;
}

/**
 * N rows of M places.
 *
 * @throws InputError unless they are, and their operands fit and are of x's element type
 */
export function rowExtents(
  where: string,
  x: Tensor,
  { alike = {}, ofRows = {}, ofPlaces = {} }: RowOperands = {},
): { readonly N: number; readonly M: number } {
  if (x.rank !== 2) reject(where, "rows [N, M]", formatShape(x.shape));
  const [N, M] = x.shape as [number, number];
  const check = (tensors: Readonly<Record<string, Tensor>>, expected: readonly number[]): void => {
    for (const [name, { shape, dtype }] of Object.entries(tensors)) {
      if (!sameShape(shape, expected))
        reject(where, `${name} of shape ${formatShape(expected)}`, formatShape(shape));
      if (dtype !== x.dtype)
        reject(
          where,
          "operands of one element type",
          `${x.dtype} and ${dtype}`,
          "convert one with astype",
        );
    }
  };
  check(alike, x.shape);
  check(ofRows, [N]);
  check(ofPlaces, [M]);
  return { N, M };
}
