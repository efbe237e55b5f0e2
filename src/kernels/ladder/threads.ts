import type { WindowGeometry } from "../../im2col/index.js";
import type { Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { columnsPerImage } from "./columns-per-image.js";

/**
 * The seventh rung: the rung before on every core. Images do not see each other, so each thread
 * takes some, and no line of the convolution changes. Each has columns of its own, since each core
 * has a cache of its own.
 *
 * @param backend `wasm` with several threads
 */
export async function threads(
  x: Tensor,
  weight: Tensor,
  geometry: WindowGeometry,
  backend: Backend,
): Promise<Tensor> {
  return columnsPerImage(x, weight, geometry, backend);
}
