import type { WindowGeometry } from "../../im2col/index.js";
import type { Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { multiplyByFilters } from "./simd-tile.js";

/**
 * Beside the ladder: the convolution as a function of four entries of the result
 * (`src/kernels/gpu/correlation-kernel.ts`), which gpu.js writes anew for a graphics processor, for
 * WebAssembly or for plain JavaScript. It is the three loops again; that thousands of them run at
 * once has to make up for it.
 *
 * @param backend `gpu` in any mode
 */
export async function gpu(
  x: Tensor,
  weight: Tensor,
  geometry: WindowGeometry,
  backend: Backend,
): Promise<Tensor> {
  return multiplyByFilters(await backend.im2col(x, geometry), weight, geometry, backend);
}
