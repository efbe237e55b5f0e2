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
 *
 * @param where the layer, for messages
 * @param shape of x, [N, C, H, W]
 * @throws InputError as `conv2dGeometry`, and when a window lies on padding alone
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
  const p = barren(windows.outH, strideH, padH, { count: kH, step: dilationH }, H);
  const q = barren(windows.outW, strideW, padW, { count: kW, step: dilationW }, W);
  if (p !== null || q !== null)
    reject(
      where,
      "windows that hold a pixel each",
      `${p === null ? `column ${q}` : `row ${p}`} of windows on padding alone`,
      "use less padding, a larger window or a smaller stride",
    );
}

/** The first window along an axis none of whose entries is a pixel; null if there is none. */
function barren(
  windows: number,
  stride: number,
  pad: number,
  { count, step }: { readonly count: number; readonly step: number },
  extent: number,
): number | null {
  const holdsPixel = (window: number): boolean => {
    const first = window * stride - pad;
    const i = Math.max(0, Math.ceil(-first / step)); // the first entry that is not in front
    return i < count && first + i * step < extent;
  };
  // Where entries lie on the image comes round every `step` windows, until they begin on it.
  const inFront = Math.min(windows, step, Math.ceil(pad / stride));
  for (let window = 0; window < inFront; window++) if (!holdsPixel(window)) return window;
  return holdsPixel(windows - 1) ? null : windows - 1;
}

/** A pooling between two layers: options, and no parameters. */
export abstract class PoolLayer<Cache extends object> extends TwoPassLayer<Cache> {
  /** As given, without defaults. */
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
