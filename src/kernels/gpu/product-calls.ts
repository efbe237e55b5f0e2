import type { Product } from "../reference/matmul.js";

/** What a device takes in one call. */
export interface CallLimits {
  /** Matrices of an operand or a result, and rows or columns of a matrix. */
  readonly extent: number;
  /** Entries of an operand or a result. */
  readonly entries: number;
}

/** A part of a batch of products, as large as one call may be. */
export interface ProductCall {
  /** It sums over terms from `term` on ... */
  readonly term: number;
  readonly terms: number;
  /** ... for the matrices from `matrix` on ... */
  readonly matrix: number;
  readonly batch: number;
  /** ... the rows from `row` on ... */
  readonly row: number;
  readonly M: number;
  /** ... and the columns from `column` on. */
  readonly column: number;
  readonly N: number;
}

/**
 * Cuts the products of a [terms, batch, M, I] and b [terms, batch, I, N], summed over the terms,
 * into calls: several terms at a time if all their matrices fit into one call, else several
 * matrices of one term, else a part of one matrix.
 */
export function* productCalls(
  { M, N, I }: Pick<Product, "M" | "N" | "I">,
  batch: number,
  terms: number,
  { extent, entries }: CallLimits,
): Generator<ProductCall> {
  const [mostM, mostN] = [Math.min(M, extent), Math.min(N, extent)];
  const whole = mostM === M && mostN === N;
  const matrices = whole
    ? Math.min(extent, Math.max(1, Math.floor(entries / Math.max(M * I, I * N, M * N))))
    : 1;
  const [mostTerms, mostMatrices] =
    matrices >= batch ? [Math.floor(matrices / batch), batch] : [1, matrices];
  for (let term = 0; term < terms; term += mostTerms) {
    for (let matrix = 0; matrix < batch; matrix += mostMatrices) {
      for (let row = 0; row < M; row += mostM) {
        for (let column = 0; column < N; column += mostN) {
          yield {
            term,
            terms: Math.min(mostTerms, terms - term),
            matrix,
            batch: Math.min(mostMatrices, batch - matrix),
            row,
            M: Math.min(mostM, M - row),
            column,
            N: Math.min(mostN, N - column),
          };
        }
      }
    }
  }
}
