import { im2col, type WindowGeometry } from "../../im2col/index.js";
import { Tensor } from "../../tensor/index.js";
import { gemmLoops } from "../reference/gemm-loops.js";
import type { Gemm } from "../reference/matrix.js";

/**
 * The second rung: the windows are copied into the columns of a matrix, and what is left of the
 * convolution is a product of matrices, three loops. The work is the same; but now there is one
 * small kernel to make fast.
 */
export function im2colLoops(x: Tensor, weight: Tensor, geometry: WindowGeometry): Tensor {
  return multiplyColumns(gemmLoops, x, weight, geometry);
}

/**
 * A convolution by im2col and any product of matrices, an image at a time; the columns of the whole
 * batch are laid out first.
 */
export function multiplyColumns(
  gemm: Gemm,
  x: Tensor,
  weight: Tensor,
  geometry: WindowGeometry,
): Tensor {
  const { outH, outW } = geometry;
  const [N, K] = [x.shape[0]!, weight.shape[0]!];
  const [R, P] = [weight.size / K, outH * outW];
  const cols = im2col(x, geometry).data;
  const weights = weight.contiguous().data;
  const out = Tensor.zeros([N, K, outH, outW], x.dtype);
  for (let n = 0; n < N; n++) {
    // (matmul.3) outₙ = filters · colsₙ
    gemm(
      { M: K, N: P, I: R },
      { data: weights, offset: 0, rowStride: R, columnStride: 1 },
      { data: cols, offset: n * R * P, rowStride: P, columnStride: 1 },
      { data: out.data, offset: n * K * P, rowStride: P, columnStride: 1 },
    );
  }
  return out;
}
