/** Images moved by whole pixels. */
import { Tensor } from "../tensor/index.js";

/**
 * Images whose contents have moved down by `dH` pixels and right by `dW`. What leaves them is lost,
 * and what comes in is 0.
 *
 * @param x [N, C, H, W]
 */
export function moved(x: Tensor, dH: number, dW: number): Tensor {
  const [H, W] = [x.shape[2]!, x.shape[3]!];
  const values = x.contiguous().data;
  const result = Array.from(values, (_, at) => {
    const [h, w] = [(Math.floor(at / W) % H) - dH, (at % W) - dW];
    return h < 0 || h >= H || w < 0 || w >= W ? 0 : values[at - dH * W - dW]!;
  });
  return Tensor.from(result, x.shape, x.dtype);
}
