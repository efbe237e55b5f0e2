/** The first road to dX, window by window: col2im of dCols, interrupted. */
import { col2im, type WindowGeometry } from "../im2col/index.js";
import { Tensor } from "../tensor/index.js";

/**
 * dX after the first windows have given back what is theirs, (conv2d.9): col2im of dCols in which
 * all later columns are 0. After all of them it is (conv2d.10).
 *
 * @param dCols [N, R, P]
 * @param channels C
 * @param windows how many, from the top left
 * @returns [N, C, H, W]
 */
export function firstRoad(
  dCols: Tensor,
  channels: number,
  geometry: WindowGeometry,
  windows: number,
): Tensor {
  const P = geometry.outH * geometry.outW;
  const given = Array.from(dCols.contiguous().data, (value, at) => (at % P < windows ? value : 0));
  return col2im(Tensor.from(given, dCols.shape, dCols.dtype), channels, geometry);
}
