import { checkOptions, orWord, pairOf, reject, required, type Rules } from "../tensor/index.js";

/** One number for both axes, or [vertical, horizontal]. */
export type Pair = number | readonly [h: number, w: number];

/** How a window slides over an image. */
export interface WindowOptions {
  /** Height and width of the window in pixels, at least 1; one number stands for both. */
  readonly kernelSize: Pair;
  /**
   * Step between neighbouring windows in pixels, at least 1. Left out: 1, and for a pooling the
   * window's size.
   */
  readonly stride?: Pair;
  /**
   * Rows and columns added on each side, 0 if left out; or "same" for as many as leave the image
   * its size, of an odd number one more below, and on the right.
   */
  readonly padding?: Pair | "same";
  /** Distance between neighbouring entries of one window in pixels; 1 if left out: no gaps. */
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
  /** Height of the image, without padding. */
  readonly H: number;
  /** Width of the image, without padding. */
  readonly W: number;
  /** Rows of a window's entries, at least 1. */
  readonly kH: number;
  /** Columns of a window's entries, at least 1. */
  readonly kW: number;
  /** Rows from one window to the next below, at least 1. */
  readonly strideH: number;
  /** Columns from one window to the next on the right, at least 1. */
  readonly strideW: number;
  /** Padding rows above the image; windows say how many there are below. */
  readonly padH: number;
  /** Padding columns on the left; windows say how many there are on the right. */
  readonly padW: number;
  /** Rows from one entry of a window to the next below; 1 means no gaps. */
  readonly dilationH: number;
  /** Columns from one entry of a window to the next on the right; 1 means no gaps. */
  readonly dilationW: number;
  /** How many windows lie below each other, (conv2d.2). */
  readonly outH: number;
  /** How many windows lie beside each other, likewise. */
  readonly outW: number;
}

/**
 * Works out where the windows of a convolution or a pooling lie. The only place where an output
 * size is computed and where the options are validated. Derived in `derivations/conv2d.md`,
 * (conv2d.2), and for the padding "same" (conv2d.2b).
 *
 * @param where the function on whose behalf the options are checked, for the error message
 * @param H height of the image in pixels
 * @param W width of the image in pixels
 * @throws InputError when an option is unknown or no whole number in range, the window is larger
 *   than the padded image, or the padding is "same" and a stride is not 1
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
