import type { Columns, WindowGeometry } from "../../im2col/index.js";
import type { Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";

/**
 * The fifth rung: the tile in 128-bit vectors, four numbers to a register, in WebAssembly
 * (`src/kernels/wasm/assembly/gemm.ts`). As on the rungs before, the columns of the whole batch are
 * laid out first.
 *
 * @param backend `wasm` with one thread
 */
export async function simdTile(
  x: Tensor,
  weight: Tensor,
  geometry: WindowGeometry,
  backend: Backend,
): Promise<Tensor> {
  const cols = await backend.im2col(x, geometry);
  return multiplyByFilters(cols.layOut(), weight, geometry, backend);
}

/** `filters · cols` for the columns [N, 1, R, P] of a batch, as images [N, K, outH, outW]. */
export async function multiplyByFilters(
  cols: Tensor | Columns,
  weight: Tensor,
  { outH, outW }: WindowGeometry,
  backend: Backend,
): Promise<Tensor> {
  const [N, K] = [cols.shape[0]!, weight.shape[0]!];
  const out = await backend.matmul(weight.reshape([K, weight.size / K]), cols);
  return out.reshape([N, K, outH, outW]);
}
