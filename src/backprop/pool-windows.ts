/**
 * What max and average pooling share: where their windows lie, and the shape of what comes back.
 */
import {
  conv2dGeometry,
  type WindowGeometry,
  type WindowOptions,
  windowRules,
} from "../im2col/index.js";
import { checkOptions, formatShape, reject } from "../tensor/index.js";
import { TwoPassLayer } from "./layer.js";

/**
 * Where the windows of a pooling lie. Unlike a convolution's, they do not overlap unless asked to.
 */
export function poolGeometry(
  where: string,
  shape: readonly number[],
  options: WindowOptions,
): WindowGeometry {
  if (shape.length !== 4) reject(where, "x of shape [N, C, H, W]", formatShape(shape));
  const checked = checkOptions(where, options, windowRules);
  const geometry = conv2dGeometry(where, shape[2]!, shape[3]!, {
    stride: checked.kernelSize,
    ...checked,
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

/** A pooling between two layers: options, and no parameters. */
export abstract class PoolLayer<Cache extends object> extends TwoPassLayer<Cache> {
  readonly options: WindowOptions;

  /** @throws InputError when an option is unknown or out of range */
  constructor(where: string, options: WindowOptions) {
    super();
    this.options = checkOptions(where, options, windowRules);
  }

  override outputShape(x: readonly number[]): number[] {
    const { outH, outW } = poolGeometry(this.kind, x, this.options);
    return [x[0]!, x[1]!, outH, outW];
  }
}
