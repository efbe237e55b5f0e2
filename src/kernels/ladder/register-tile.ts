import type { WindowGeometry } from "../../im2col/index.js";
import type { Tensor } from "../../tensor/index.js";
import { gemmTiled } from "../reference/gemm-tiled.js";
import { multiplyColumns } from "./im2col-loops.js";

/**
 * The fourth rung: a tile of sums stays in registers, and each number that is loaded is used
 * several times. See {@link gemmTiled}.
 */
export function registerTile(x: Tensor, weight: Tensor, geometry: WindowGeometry): Tensor {
  return multiplyColumns(gemmTiled, x, weight, geometry);
}
