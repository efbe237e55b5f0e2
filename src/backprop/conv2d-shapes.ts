/** The options of a convolution, and the shapes that it takes and returns. */
import { conv2dGeometry, type WindowGeometry, type WindowOptions } from "../im2col/index.js";
import { formatShape, reject, sameShape } from "../tensor/index.js";

/**
 * The kernel's size is the weight's; `groups` are blocks of channels that do not see each other.
 */
export type Conv2dOptions = Omit<WindowOptions, "kernelSize"> & { readonly groups?: number };

export interface Conv2dLayerOptions extends WindowOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups?: number;
  /** `false` for a layer without a bias. */
  readonly bias?: boolean;
}

export interface Conv2dShapes {
  readonly geometry: WindowGeometry;
  /** [N, K, outH, outW] */
  readonly outShape: number[];
  /** Groups. */
  readonly G: number;
  /** Filters. */
  readonly K: number;
  /** Entries under one filter: C/G·kH·kW. */
  readonly R: number;
}

/**
 * @param x [N, C, H, W]
 * @param weight [K, C/G, kH, kW]
 * @param bias [K], or null for none
 * @throws InputError when they do not fit, or the kernel is larger than the padded image
 */
export function conv2dShapes(
  x: readonly number[],
  weight: readonly number[],
  bias: readonly number[] | null,
  options: Conv2dOptions,
): Conv2dShapes {
  const G = options.groups ?? 1;
  if (x.length !== 4) reject("conv2d", "x of shape [N, C, H, W]", formatShape(x));
  const [N, C, H, W] = x as [number, number, number, number];
  const [K, channelsPerFilter, kH, kW] = weight as [number, number, number, number];
  if (!Number.isInteger(G) || G < 1) reject("conv2d", "groups to be a whole number ≥ 1", String(G));
  if (weight.length !== 4 || channelsPerFilter * G !== C || K % G !== 0) {
    const expected =
      G === 1
        ? `weight of shape [K, ${C}, kH, kW]`
        : `weight of shape [K, ${C}/${G}, kH, kW] with K a multiple of ${G}`;
    reject("conv2d", `${expected} for x ${formatShape(x)}`, formatShape(weight));
  }
  if (bias !== null && !sameShape(bias, [K]))
    reject("conv2d", `bias of shape [${K}] for weight ${formatShape(weight)}`, formatShape(bias));
  const geometry = conv2dGeometry("conv2d", H, W, { ...options, kernelSize: [kH, kW] });
  const outShape = [N, K, geometry.outH, geometry.outW];
  return { geometry, outShape, G, K, R: channelsPerFilter * kH * kW };
}
