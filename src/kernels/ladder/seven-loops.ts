import type { WindowGeometry } from "../../im2col/index.js";
import { Tensor } from "../../tensor/index.js";

/**
 * The first rung: a convolution typed in as its definition stands. An output is a sum over one
 * window, and nothing is used twice: each multiplication loads its pixel and its weight anew, and
 * works out where they are.
 *
 * @param x [N, C, H, W]
 * @param weight [K, C, kH, kW]
 * @returns [N, K, outH, outW]
 */
export function sevenLoops(x: Tensor, weight: Tensor, geometry: WindowGeometry): Tensor {
  const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW, outH, outW } = geometry;
  const [N, C] = x.shape as [number, number];
  const K = weight.shape[0]!;
  const out = Tensor.zeros([N, K, outH, outW], x.dtype);
  const [pixels, weights, sums] = [x.contiguous().data, weight.contiguous().data, out.data];
  let position = 0;
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      for (let p = 0; p < outH; p++) {
        for (let q = 0; q < outW; q++) {
          let total = 0;
          for (let c = 0; c < C; c++) {
            for (let i = 0; i < kH; i++) {
              const h = p * strideH + i * dilationH - padH;
              if (h < 0 || h >= H) continue; // on the frame, which is 0
              for (let j = 0; j < kW; j++) {
                const w = q * strideW + j * dilationW - padW;
                if (w < 0 || w >= W) continue;
                total +=
                  weights[((k * C + c) * kH + i) * kW + j]! *
                  pixels[((n * C + c) * H + h) * W + w]!;
              }
            }
          }
          // (matmul.1) out[n, k, p, q] = Σ weight[k, c, i, j] · x[n, c, h, w]
          sums[position++] = total;
        }
      }
    }
  }
  return out;
}
