/** The padding as pixels, so that what falls on it can be seen. */
import type { WindowGeometry } from "../im2col/index.js";

/**
 * The same windows on an image that has its padding for pixels: H + 2·padH by W + 2·padW, and none
 * around it. Where `col2im` with these windows has a number on the frame, `col2im` with the windows
 * themselves throws it away.
 */
export function withFrame(geometry: WindowGeometry): WindowGeometry {
  const { H, W, padH, padW } = geometry;
  return { ...geometry, H: H + 2 * padH, W: W + 2 * padW, padH: 0, padW: 0 };
}
