/** Images moved by whole pixels. */
import { Tensor } from "../tensor/index.js";

/**
 * Images whose contents have moved down by `dH` pixels and right by `dW`. What leaves them is lost;
 * what comes in repeats the pixels of the edge, so that no line appears where none was.
 *
 * @param x [N, C, H, W]
 */
export function moved(x: Tensor, dH: number, dW: number): Tensor {
  const [H, W] = [x.shape[2]!, x.shape[3]!];
  const values = x.contiguous().data;
  const result = Array.from(values, (_, at) => {
    const [h, w] = [Math.floor(at / W) % H, at % W];
    return values[at + (within(h - dH, H) - h) * W + within(w - dW, W) - w]!;
  });
  return Tensor.from(result, x.shape, x.dtype);
}

const within = (place: number, extent: number): number => Math.min(extent - 1, Math.max(0, place));
