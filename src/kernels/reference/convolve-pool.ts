import type { Columns, WindowGeometry } from "../../im2col/index.js";
import { type Allocator, formatShape, reject, type Tensor } from "../../tensor/index.js";
import type { MaxPool2dResult, PoolOptions } from "../backend.js";
import { matmul } from "./matmul.js";
import { maxPool2d } from "./pooling.js";

/** See {@link Backend.convolvePool}. */
export function convolvePool(
  filters: Tensor,
  cols: Columns,
  bias: Tensor | null,
  { pool, ...options }: PoolOptions & { readonly pool: WindowGeometry },
  allocator: Allocator,
): MaxPool2dResult {
  checkConvolvePool(filters, cols, bias, pool);
  const [N, K] = [cols.shape[0]!, filters.shape[1]!];
  const rowBias = bias?.reshape([1, K]) ?? null;
  const images = matmul(filters, cols.layOut(), { rowBias }, allocator);
  return maxPool2d(images.reshape([N, K, pool.H, pool.W]), pool, options, allocator);
}

/** @throws InputError unless the filters are [1, K, R], cols [N, 1, R, H·W] and the bias is [K] */
export function checkConvolvePool(
  filters: Tensor,
  cols: Columns,
  bias: Tensor | null,
  { H, W }: WindowGeometry,
): void {
  const [groups, K, R] = filters.shape as [number, number, number];
  const fits = filters.rank === 3 && groups === 1 && filters.dtype === cols.dtype;
  if (!fits || cols.shape[1] !== 1 || cols.shape[2] !== R || cols.shape[3] !== H * W)
    reject(
      "convolvePool",
      `filters [1, K, R] and cols [N, 1, R, ${H * W}] of one element type`,
      `${formatShape(filters.shape)} ${filters.dtype} and ${formatShape(cols.shape)} ${cols.dtype}`,
    );
  if (bias !== null && !(bias.rank === 1 && bias.size === K))
    reject("convolvePool", `a bias of shape [${K}]`, formatShape(bias.shape));
}
