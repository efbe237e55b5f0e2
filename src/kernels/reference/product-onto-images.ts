import { col2im, type WindowGeometry } from "../../im2col/index.js";
import { type Allocator, formatShape, reject, type Tensor } from "../../tensor/index.js";
import { matmul } from "./matmul.js";

/** See {@link Backend.productOntoImages}. */
export function productOntoImages(
  a: Tensor,
  b: Tensor,
  channels: number,
  geometry: WindowGeometry,
  allocator: Allocator,
): Tensor {
  checkOntoImages(a.shape, b.shape, channels, geometry);
  // (conv2d.8) dColsₙ = filtersᵀ · dOutₙ
  const cols = matmul(a, b, { transposeA: true }, allocator);
  const [N, , , P] = b.shape as [number, number, number, number];
  // (conv2d.10) dX = col2im(dCols)
  return col2im(cols.reshape([N, a.shape[0]! * a.shape[2]!, P]), channels, geometry, allocator);
}

/** @throws InputError unless a is [G, K/G, R] and b [N, G, K/G, P], for these images and windows */
export function checkOntoImages(
  a: readonly number[],
  b: readonly number[],
  channels: number,
  { kH, kW, outH, outW }: WindowGeometry,
): void {
  const [G, filters, R] = a as [number, number, number];
  const fits = a.length === 3 && b.length === 4 && b[1] === G && b[2] === filters;
  if (fits && G * R === channels * kH * kW && b[3] === outH * outW) return;
  reject(
    "productOntoImages",
    `a [G, K/G, R] and b [N, G, K/G, ${outH * outW}] with G·R = ${channels * kH * kW}`,
    `${formatShape(a)} and ${formatShape(b)}`,
  );
}
