/**
 * What max and average pooling share: where their windows lie, and the shape of what comes back.
 */
import { conv2dGeometry, type WindowGeometry, type WindowOptions } from "../im2col/index.js";
import { formatShape, reject, sameShape, type Tensor } from "../tensor/index.js";

/**
 * Where the windows of a pooling lie. Unlike a convolution's, they do not overlap unless asked to.
 */
export function poolGeometry(
  where: string,
  shape: readonly number[],
  options: WindowOptions,
): WindowGeometry {
  if (shape.length !== 4) reject(where, "x of shape [N, C, H, W]", formatShape(shape));
  const geometry = conv2dGeometry(where, shape[2]!, shape[3]!, {
    stride: options.kernelSize,
    ...options,
  });
  const { padH, padW, kH, kW } = geometry;
  if (2 * padH > kH || 2 * padW > kW) {
    reject(
      where,
      `padding of at most half the window [${kH}, ${kW}]`,
      `[${padH}, ${padW}]`,
      "a window must not lie on padding alone",
    );
  }
  return geometry;
}

/** @throws InputError when the gradient of a pooling's output has not the output's shape */
export function checkPooled(where: string, dOut: Tensor, outShape: readonly number[]): void {
  if (!sameShape(dOut.shape, outShape))
    reject(where, `dOut of shape ${formatShape(outShape)}`, formatShape(dOut.shape));
}
