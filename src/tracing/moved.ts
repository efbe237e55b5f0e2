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
  const result = new Float64Array(values.length);
  for (let plane = 0; plane < values.length; plane += H * W)
    for (let h = 0; h < H; h++) {
      const from = plane + within(h - dH, H) * W;
      for (let w = 0; w < W; w++) result[plane + h * W + w] = values[from + within(w - dW, W)]!;
    }
  return Tensor.from(result, x.shape, x.dtype);
}

const within = (place: number, extent: number): number => Math.min(extent - 1, Math.max(0, place));
