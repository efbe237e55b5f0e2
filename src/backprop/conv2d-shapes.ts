/** The options of a convolution, and the shapes that it takes and returns. */
import {
  conv2dGeometry,
  type Pair,
  pair,
  type WindowGeometry,
  type WindowOptions,
  windowRules,
} from "../im2col/index.js";
import {
  checkOptions,
  flag,
  formatShape,
  pairOf,
  reject,
  required,
  type Rules,
  sameShape,
  wholeNumber,
} from "../tensor/index.js";

/** How a convolution goes over its images; the kernel's size is the weight's. */
export type Conv2dOptions = Omit<WindowOptions, "kernelSize"> & {
  /** G, blocks of channels that do not see each other; 1 if left out. */
  readonly groups?: number;
};

/** The sizes of a convolution layer, and how it goes over its images. */
export interface Conv2dLayerOptions extends WindowOptions {
  /** C, the channels of x; at least 1, and a multiple of the groups. */
  readonly inChannels: number;
  /** K, the filters, each of which makes a channel; at least 1, and a multiple of the groups. */
  readonly outChannels: number;
  /** G, blocks of channels that do not see each other; 1 if left out. */
  readonly groups?: number;
  /** `false` for a layer without a bias; true if left out. */
  readonly bias?: boolean;
}

const { kernelSize, ...slidingRules } = windowRules;
const conv2dRules: Rules<Conv2dOptions> = { ...slidingRules, groups: wholeNumber(1) };
/** Options of a layer may be handed on: the kernel's size has to be the weight's, then. */
const conv2dPassRules = { ...conv2dRules, kernelSize: pairOf(1) };

/** What the options of a convolution layer may be. */
export const conv2dLayerRules: Rules<Conv2dLayerOptions> = {
  inChannels: required(wholeNumber(1)),
  outChannels: required(wholeNumber(1)),
  kernelSize,
  ...conv2dRules,
  bias: flag,
};

/** What shapes and options of a convolution come to. */
export interface Conv2dShapes {
  /** Where the windows lie. */
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
 * Checks the shapes that a convolution is given, and works out the others.
 *
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
  const checked = checkOptions<Conv2dOptions & { readonly kernelSize?: Pair }>(
    "conv2d",
    options,
    conv2dPassRules,
  );
  const { groups: G = 1, kernelSize: expected, ...sliding } = checked;
  if (x.length !== 4) reject("conv2d", "x of shape [N, C, H, W]", formatShape(x));
  const [N, C, H, W] = x as [number, number, number, number];
  const [K, channelsPerFilter, kH, kW] = weight as [number, number, number, number];
  if (weight.length !== 4 || channelsPerFilter * G !== C || K % G !== 0) {
    const expected =
      G === 1
        ? `weight of shape [K, ${C}, kH, kW]`
        : `weight of shape [K, ${C}/${G}, kH, kW] with K a multiple of ${G}`;
    reject("conv2d", `${expected} for x ${formatShape(x)}`, formatShape(weight));
  }
  if (bias !== null && !sameShape(bias, [K]))
    reject("conv2d", `bias of shape [${K}] for weight ${formatShape(weight)}`, formatShape(bias));
  if (expected !== undefined && !sameShape(pair(expected), [kH, kW]))
    reject("conv2d", `a weight of kernelSize [${pair(expected)}]`, formatShape(weight));
  const geometry = conv2dGeometry("conv2d", H, W, { ...sliding, kernelSize: [kH, kW] });
  const outShape = [N, K, geometry.outH, geometry.outW];
  return { geometry, outShape, G, K, R: channelsPerFilter * kH * kW };
}

/**
 * The options of a convolution layer, checked.
 *
 * @throws InputError when one is unknown, missing or out of range, or the groups do not divide the
 *   channels
 */
export function checkConv2dLayer(given: Conv2dLayerOptions): Conv2dLayerOptions {
  const options = checkOptions("Conv2d", given, conv2dLayerRules);
  const { groups = 1 } = options;
  for (const name of ["inChannels", "outChannels"] as const)
    if (options[name] % groups !== 0)
      reject("Conv2d", `${name} to be a multiple of ${groups} groups`, String(options[name]));
  return options;
}
