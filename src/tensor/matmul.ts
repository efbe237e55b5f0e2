import { formatShape, reject } from "./errors.js";
import { Tensor } from "./tensor.js";

/**
 * The product of two matrices, straight from its definition, added up in float64:
 *
 *     c[m, n] = Σᵢ a[m, i] · b[i, n]
 *
 * For small matrices and as the truth that faster products are tested against. A new tensor.
 *
 * @param a [M, I]
 * @param b [I, N]
 * @returns [M, N]
 * @throws InputError when the operands are not matrices, or the inner extents or element types
 *   differ
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.rank !== 2 || b.rank !== 2 || a.shape[1] !== b.shape[0] || a.dtype !== b.dtype) {
    reject(
      "matmul",
      "matrices [M, I] and [I, N] of one element type",
      `${formatShape(a.shape)} ${a.dtype} and ${formatShape(b.shape)} ${b.dtype}`,
    );
  }
  const [M, I] = a.shape as [number, number];
  const N = b.shape[1]!;
  const c = Tensor.zeros([M, N], a.dtype);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let total = 0;
      for (let i = 0; i < I; i++) total += a.view.get(m, i) * b.view.get(i, n);
      c.view.set(m, n, total);
    }
  }
  return c;
}
