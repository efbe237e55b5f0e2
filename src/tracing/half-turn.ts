/** A filter turned by half a turn: what makes a cross-correlation a convolution. */
import { Tensor } from "../tensor/index.js";

/**
 * Each filter back to front on both of its axes, (conv2d.1b). Channels stay where they are.
 *
 * @param weight [K, C, kH, kW]
 */
export function halfTurn(weight: Tensor): Tensor {
  const values = weight.contiguous().data;
  const plane = weight.shape[2]! * weight.shape[3]!;
  const turned = Array.from(values, (_, at) => {
    const start = at - (at % plane);
    return values[start + plane - 1 - (at % plane)]!;
  });
  return Tensor.from(turned, weight.shape, weight.dtype);
}
