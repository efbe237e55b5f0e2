/**
 * im2col lays every window of an image out as a column, so that a convolution becomes one matrix
 * product; col2im is its adjoint and carries gradients back. Derived in
 * `derivations/conv2d-im2col.md` and `derivations/conv2d-gradients.md`.
 *
 *   N images   C channels   H, W image size   kH, kW window size   outH, outW number of windows
 *   n image    c channel    i, j entry inside the window            p, q window
 *   row r = (c·kH + i)·kW + j       column s = p·outW + q
 *   u(p, i), v(q, j)  row and column of the pixel under entry (i, j) of window (p, q)
 */
import { type Allocator, formatShape, heapAllocator, reject, Tensor } from "../tensor/index.js";
import type { WindowGeometry } from "./geometry.js";

/**
 * Copies the window at (p, q) of every image into column s, one row for each of its entries.
 * Entries that fall on the padding stay 0. Derived in `derivations/conv2d-im2col.md`, (conv2d.4).
 *
 * @param x [N, C, H, W]
 * @returns cols [N, C·kH·kW, outH·outW], a new tensor
 * @throws InputError when x is not of rank 4 or its H, W are not those of the geometry
 */
export function im2col(
  x: Tensor,
  geometry: WindowGeometry,
  allocator: Allocator = heapAllocator,
): Tensor {
  if (x.rank !== 4 || x.shape[2] !== geometry.H || x.shape[3] !== geometry.W) {
    reject("im2col", `x of shape [N, C, ${geometry.H}, ${geometry.W}]`, formatShape(x.shape));
  }
  const [N, C] = x.shape as [number, number, number, number];
  const { kH, kW, strideW, outH, outW } = geometry;
  const cols = Tensor.zeros([N, C * kH * kW, outH * outW], x.dtype, allocator);
  const source = x.contiguous().data;
  const target = cols.data;
  // (conv2d.4) cols[n, (c·kH + i)·kW + j, p·outW + q] = x[n, c, u(p, i), v(q, j)]
  forEachWindowRow(N * C, geometry, (xStart, colStart, count) => {
    for (let q = 0, w = xStart; q < count; q++, w += strideW) target[colStart + q] = source[w]!;
  });
  return cols;
}

/**
 * The adjoint of {@link im2col}: adds every entry of every column back onto the pixel that it was
 * copied from. A pixel in several windows receives a sum; padding receives nothing. It is the
 * adjoint, because
 * (conv2d.10a) ⟨im2col(x), cols⟩ = ⟨x, col2im(cols)⟩
 *
 * Derived in `derivations/conv2d-gradients.md`, (conv2d.9).
 *
 * @param cols [N, C·kH·kW, outH·outW]
 * @param channels C
 * @returns x [N, C, H, W], a new tensor
 * @throws InputError when cols has another shape
 */
export function col2im(
  cols: Tensor,
  channels: number,
  geometry: WindowGeometry,
  allocator: Allocator = heapAllocator,
): Tensor {
  const { H, W, kH, kW, strideW, outH, outW } = geometry;
  if (cols.rank !== 3 || cols.shape[1] !== channels * kH * kW || cols.shape[2] !== outH * outW) {
    reject(
      "col2im",
      `cols of shape [N, ${channels * kH * kW}, ${outH * outW}]`,
      formatShape(cols.shape),
    );
  }
  const N = cols.shape[0]!;
  const x = Tensor.zeros([N, channels, H, W], cols.dtype, allocator);
  const source = cols.contiguous().data;
  const target = x.data;
  // (conv2d.9) x[n, c, u(p, i), v(q, j)] += cols[n, (c·kH + i)·kW + j, p·outW + q]
  forEachWindowRow(N * channels, geometry, (xStart, colStart, count) => {
    for (let q = 0, w = xStart; q < count; q++, w += strideW) target[w]! += source[colStart + q]!;
  });
  return x;
}

/**
 * Pairs up pixels and column entries, a row of windows at a time. For each plane (n, c), window
 * entry (i, j) and row of windows p, calls `visit` with where the run starts in x, where it starts
 * in cols, and how many windows q it holds. Windows whose entry falls on the padding are left out.
 */
function forEachWindowRow(
  planes: number,
  geometry: WindowGeometry,
  visit: (xStart: number, colStart: number, count: number) => void,
): void {
  const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW, outH, outW } = geometry;
  let row = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let i = 0; i < kH; i++) {
      for (let j = 0; j < kW; j++, row++) {
        // (conv2d.1e) v(q, j) = q·strideW + j·dilationW − padW
        const left = j * dilationW - padW; // v(0, j)
        // (conv2d.4c) ⌈−left / strideW⌉ ≤ q ≤ ⌊(W − 1 − left) / strideW⌋: there v(q, j) is a pixel
        const first = Math.max(0, Math.ceil(-left / strideW));
        const last = Math.min(outW - 1, Math.floor((W - 1 - left) / strideW));
        if (last < first) continue;
        for (let p = 0; p < outH; p++) {
          // (conv2d.1d) u(p, i) = p·strideH + i·dilationH − padH
          const h = p * strideH + i * dilationH - padH;
          if (h < 0 || h >= H) continue;
          const xStart = (plane * H + h) * W + left + first * strideW;
          visit(xStart, (row * outH + p) * outW + first, last - first + 1);
        }
      }
    }
  }
}
