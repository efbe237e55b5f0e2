/**
 * Passes over rows [N, M] with a few numbers for each row n and for each place i, which is what
 * layer normalisation is made of. Added up in float64.
 */
import { type Allocator, formatShape, reject, sameShape, Tensor } from "../../tensor/index.js";
import type { RowAffine, RowAffineResult, RowLine, RowSums } from "../backend.js";

/** See {@link Backend.rowAffine}. */
export function rowAffine(x: Tensor, numbers: RowAffine, allocator: Allocator): RowAffineResult {
  const { scale, centre, weight, bias } = numbers;
  const { N, M } = rowExtents("rowAffine", x, {}, { scale, centre }, { weight, bias });
  const source = x.contiguous().data;
  const [factors, middles] = [scale.contiguous().data, centre.contiguous().data];
  const [weights, biases] = [weight.contiguous().data, bias.contiguous().data];
  const inner = Tensor.zeros(x.shape, x.dtype, allocator);
  const out = Tensor.zeros(x.shape, x.dtype, allocator);
  for (let n = 0, at = 0; n < N; n++) {
    for (let i = 0; i < M; i++, at++) {
      inner.data[at] = factors[n]! * (source[at]! - middles[n]!);
      out.data[at] = weights[i]! * inner.data[at]! + biases[i]!;
    }
  }
  return { inner, out };
}

/** See {@link Backend.rowSums}. */
export function rowSums(y: Tensor, x: Tensor, weight: Tensor, allocator: Allocator): RowSums {
  const { N, M } = rowExtents("rowSums", y, { x }, {}, { weight });
  const [source, other] = [y.contiguous().data, x.contiguous().data];
  const weights = weight.contiguous().data;
  const [overRows, productOverRows] = [new Float64Array(M), new Float64Array(M)];
  const [overPlaces, productOverPlaces] = [new Float64Array(N), new Float64Array(N)];
  for (let n = 0, at = 0; n < N; n++) {
    for (let i = 0; i < M; i++, at++) {
      const value = source[at]!;
      overRows[i]! += value;
      productOverRows[i]! += value * other[at]!;
      overPlaces[n]! += weights[i]! * value;
      productOverPlaces[n]! += weights[i]! * value * other[at]!;
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
  const { weight, intercept, slope, scale } = line;
  const ofRows = { intercept, slope, scale };
  const { N, M } = rowExtents("rowResidual", y, { x }, ofRows, { weight });
  const [source, other] = [y.contiguous().data, x.contiguous().data];
  const [starts, slopes] = [intercept.contiguous().data, slope.contiguous().data];
  const [weights, factors] = [weight.contiguous().data, scale.contiguous().data];
  const out = Tensor.zeros(y.shape, y.dtype, allocator);
  for (let n = 0, at = 0; n < N; n++) {
    const [start, steepness, factor] = [starts[n]!, slopes[n]!, factors[n]!];
    for (let i = 0; i < M; i++, at++)
      out.data[at] = factor * (weights[i]! * source[at]! - start - steepness * other[at]!);
  }
  return out;
}

/**
 * N rows of M places.
 *
 * @param alike other operands, of x's shape
 * @param ofRows numbers of each row, [N]
 * @param ofPlaces numbers of each place, [M]
 * @throws InputError unless they are, and of x's element type
 */
export function rowExtents(
  where: string,
  x: Tensor,
  alike: Readonly<Record<string, Tensor>>,
  ofRows: Readonly<Record<string, Tensor>>,
  ofPlaces: Readonly<Record<string, Tensor>>,
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
