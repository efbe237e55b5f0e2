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
  checkWindows(where, geometry);
  return geometry;
}

/** @throws InputError when a window lies on padding alone: nothing wins there, and gradients end */
function checkWindows(
  where: string,
  { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW, ...windows }: WindowGeometry,
): void {
  const holdsOne = (first: number, count: number, step: number, extent: number): boolean =>
    Array.from({ length: count }, (_, i) => first + i * step).some((at) => at >= 0 && at < extent);
  const tops = Array.from({ length: windows.outH }, (_, p) => p * strideH - padH);
  const lefts = Array.from({ length: windows.outW }, (_, q) => q * strideW - padW);
  const p = tops.findIndex((top) => !holdsOne(top, kH, dilationH, H));
  const q = lefts.findIndex((left) => !holdsOne(left, kW, dilationW, W));
  if (p >= 0 || q >= 0)
    reject(
      where,
      "windows that hold a pixel each",
      `${p >= 0 ? `row ${p}` : `column ${q}`} of windows on padding alone`,
      "use less padding, a larger window or a smaller stride",
    );
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
