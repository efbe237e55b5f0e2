import type { WindowGeometry } from "../../im2col/index.js";
import type { Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { multiplyByFilters } from "./simd-tile.js";

/**
 * The sixth rung: the columns of the batch are not laid out. The `wasm` backend makes one image's
 * at a time, in the same few kilobytes, and multiplies them while they are in the cache:
 * (matmul.11).
 *
 * @param backend `wasm` with one thread
 */
export async function columnsPerImage(
  x: Tensor,
  weight: Tensor,
  geometry: WindowGeometry,
  backend: Backend,
): Promise<Tensor> {
  return multiplyByFilters(await backend.im2col(x, geometry), weight, geometry, backend);
}
