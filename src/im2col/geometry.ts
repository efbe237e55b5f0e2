import { checkOptions, orWord, pairOf, reject, required, type Rules } from "../tensor/index.js";

/** One number for both axes, or [vertical, horizontal]. */
export type Pair = number | readonly [h: number, w: number];

/** How a window slides over an image. `dilation` 1 means that the window has no gaps. */
export interface WindowOptions {
  readonly kernelSize: Pair;
  /** Step between neighbouring windows; 1 if left out. */
  readonly stride?: Pair;
  /**
   * Rows and columns added on each side, 0 if left out; or "same" for as many as leave the image
   * its size, of an odd number one more below, and on the right.
   */
  readonly padding?: Pair | "same";
  /** Distance between neighbouring entries of one window; 1 if left out. */
  readonly dilation?: Pair;
}

/** What the options of a window may be. */
export const windowRules: Rules<WindowOptions> = {
  kernelSize: required(pairOf(1)),
  stride: pairOf(1),
  padding: orWord("same", pairOf(0)),
  dilation: pairOf(1),
};

/** Every size that a sliding window has, checked and spelled out per axis. In pixels. */
export interface WindowGeometry {
  readonly H: number;
  readonly W: number;
  readonly kH: number;
  readonly kW: number;
  readonly strideH: number;
  readonly strideW: number;
  /** Rows above and columns on the left; windows say how many there are on the other side. */
  readonly padH: number;
  readonly padW: number;
  readonly dilationH: number;
  readonly dilationW: number;
  readonly outH: number;
  readonly outW: number;
}

/**
 * Works out where the windows of a convolution or a pooling lie. The only place where an output
 * size is computed and where the options are validated. See `derivations/conv2d.md`.
 *
 * @param where the function on whose behalf the options are checked, for the error message
 * @param H height of the image in pixels
 * @param W width of the image in pixels
 * @throws InputError when an option is unknown or no whole number in range, or the window is larger
 *   than the padded image
 */
export function conv2dGeometry(
  where: string,
  H: number,
  W: number,
  options: WindowOptions,
): WindowGeometry {
  const checked = checkOptions(where, options, windowRules);
  const [kH, kW] = pair(checked.kernelSize);
  const [strideH, strideW] = pair(checked.stride ?? 1);
  const [dilationH, dilationW] = pair(checked.dilation ?? 1);
  const spanH = dilationH * (kH - 1) + 1;
  const spanW = dilationW * (kW - 1) + 1;
  if (checked.padding === "same") {
    if (strideH !== 1 || strideW !== 1)
      reject(
        where,
        'a stride of 1 along with padding "same"',
        `[${strideH}, ${strideW}]`,
        "with another stride, say how many rows and columns to add",
      );
    // (conv2d.2b) padH = ⌊dilationH·(kH − 1) / 2⌋
    const [padH, padW] = [Math.floor((spanH - 1) / 2), Math.floor((spanW - 1) / 2)];
    const strides = { strideH, strideW, padH, padW, dilationH, dilationW };
    return { H, W, kH, kW, ...strides, outH: H, outW: W };
  }
  const [padH, padW] = pair(checked.padding ?? 0);
  if (spanH > H + 2 * padH || spanW > W + 2 * padW) {
    reject(
      where,
      `a kernel that fits into the padded image of ${H + 2 * padH}×${W + 2 * padW}`,
      `one that spans ${spanH}×${spanW} (kernelSize [${kH}, ${kW}], ` +
        `dilation [${dilationH}, ${dilationW}])`,
      "use a smaller kernel or more padding",
    );
  }
  // (conv2d.2) outH = ⌊(H + 2·padH − dilationH·(kH − 1) − 1) / strideH⌋ + 1
  const outH = Math.floor((H + 2 * padH - spanH) / strideH) + 1;
  const outW = Math.floor((W + 2 * padW - spanW) / strideW) + 1;
  return { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW, outH, outW };
}

/** A number for both axes, or [h, w], as [h, w]. */
export function pair(value: Pair): readonly [h: number, w: number] {
  return typeof value === "number" ? [value, value] : value;
}
