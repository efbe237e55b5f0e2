import type { WindowGeometry } from "../../im2col/index.js";
import type { Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";

/**
 * The fifth rung: the tile in 128-bit vectors, four numbers to a register, in WebAssembly
 * (`src/kernels/wasm/assembly/gemm.ts`). As on the rungs before, the columns of the whole batch are
 * laid out first: to look at their numbers makes the backend do it.
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
  void cols.data;
  return multiplyByFilters(cols, weight, geometry, backend);
}

/** `W · cols` for the columns [N, R, P] of a batch, as images [N, K, outH, outW]. */
export async function multiplyByFilters(
  cols: Tensor,
  weight: Tensor,
  { outH, outW }: WindowGeometry,
  backend: Backend,
): Promise<Tensor> {
  const [N, K] = [cols.shape[0]!, weight.shape[0]!];
  const out = await backend.matmul(weight.reshape([K, weight.size / K]), cols);
  void out.data; // a backend may put a product off until somebody looks
  return out.reshape([N, K, outH, outW]);
}
