/**
 * Windows of a pooling in plain loops, for gradients in which one thing about them is wrong.
 *
 *   N images   C channels   H, W image   kH, kW window   outH, outW windows
 *   u(p, i), v(q, j)  row and column of the pixel under entry (i, j) of window (p, q)
 */
import { conv2dGeometry, type WindowGeometry, type WindowOptions } from "../../im2col/index.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";

/** An entry of a window. */
export interface WindowEntry {
  /** Of dOut, in row-major order. */
  readonly window: number;
  /** n · C + c */
  readonly plane: number;
  /** Its row u(p, i) and column v(q, j), which lie on the padding if they are outside. */
  readonly h: number;
  readonly w: number;
  /** Its place in the window. */
  readonly i: number;
  readonly j: number;
  readonly isInside: boolean;
}

/** Numbers of a geometry that are wrong, from the right ones. */
export type WrongNumbers = (right: WindowGeometry) => Partial<WindowGeometry>;

/** Where the windows lie; the stride is the window's size unless given. */
export function windowsOf({ inputs, options }: MistakenPoint): WindowGeometry {
  const [, , H, W] = inputs["x"]!.shape as [number, number, number, number];
  const given = options as unknown as WindowOptions;
  return conv2dGeometry("pooling", H, W, { stride: given.kernelSize, ...given });
}

/**
 * Every entry of every window, in order. It is one object, which changes: whoever keeps an entry
 * copies it.
 */
export function forEachEntry(
  { inputs }: MistakenPoint,
  { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW, outH, outW }: WindowGeometry,
  visit: (entry: WindowEntry) => void,
): void {
  const [N, C] = inputs["x"]!.shape as [number, number];
  const entry = { window: 0, plane: 0, h: 0, w: 0, i: 0, j: 0, isInside: false };
  for (; entry.plane < N * C; entry.plane++)
    for (let p = 0; p < outH; p++)
      for (let q = 0; q < outW; q++, entry.window++)
        for (let i = 0; i < kH; i++)
          for (let j = 0; j < kW; j++) {
            entry.i = i;
            entry.j = j;
            entry.h = p * strideH + i * dilationH - padH;
            entry.w = q * strideW + j * dilationW - padW;
            entry.isInside = entry.h >= 0 && entry.h < H && entry.w >= 0 && entry.w < W;
            visit(entry);
          }
}

/** What is wrong in either pooling if the windows lie elsewhere, in words. */
const WRONG_WINDOWS: Readonly<Record<string, WrongNumbers>> = {
  "the stride is left out of the pixels' rows u(p, i) and columns v(q, j), (conv2d.1d)": () => ({
    strideH: 1,
    strideW: 1,
  }),
  "strideH is left out of u(p, i), (conv2d.1d)": () => ({ strideH: 1 }),
  "strideW is left out of v(q, j), (conv2d.1e)": () => ({ strideW: 1 }),
  "strideH and strideW have changed places: H and W are mixed up": ({ strideH, strideW }) => ({
    strideH: strideW,
    strideW: strideH,
  }),
  "the stride is the window's size, whatever was given": ({ kH, kW }) => ({
    strideH: kH,
    strideW: kW,
  }),
  "the padding is left out of the pixels' rows u(p, i) and columns v(q, j), (conv2d.1d)": () => ({
    padH: 0,
    padW: 0,
  }),
  "padH is left out of u(p, i), (conv2d.1d)": () => ({ padH: 0 }),
  "padW is left out of v(q, j), (conv2d.1e)": () => ({ padW: 0 }),
  "padH and padW have changed places: H and W are mixed up": ({ padH, padW }) => ({
    padH: padW,
    padW: padH,
  }),
  "the padding is added in the pixels' rows u(p, i) and columns v(q, j); subtract it": ({
    padH,
    padW,
  }) => ({
    padH: -padH,
    padW: -padW,
  }),
  "the dilation is left out of the pixels' rows u(p, i) and columns v(q, j), (conv2d.1d)": () => ({
    dilationH: 1,
    dilationW: 1,
  }),
  "dilationH is left out of u(p, i), (conv2d.1d)": () => ({ dilationH: 1 }),
  "dilationW is left out of v(q, j), (conv2d.1e)": () => ({ dilationW: 1 }),
  "dilationH and dilationW have changed places: H and W are mixed up": ({
    dilationH,
    dilationW,
  }) => ({ dilationH: dilationW, dilationW: dilationH }),
  "stride and dilation have changed places: u(p, i) has p · strideH + i · dilationH": (right) => ({
    strideH: right.dilationH,
    strideW: right.dilationW,
    dilationH: right.strideH,
    dilationW: right.strideW,
  }),
  "kH and kW have changed places: H and W of the window are mixed up": ({ kH, kW }) => ({
    kH: kW,
    kW: kH,
  }),
  "u(p, i) and v(q, j) have changed places: H and W are mixed up everywhere": (right) => ({
    kH: right.kW,
    kW: right.kH,
    strideH: right.strideW,
    strideW: right.strideH,
    padH: right.padW,
    padW: right.padH,
    dilationH: right.dilationW,
    dilationW: right.dilationH,
  }),
  "the windows lie one row too high: u(p, i) is off by one": ({ padH }) => ({ padH: padH + 1 }),
  "the windows lie one row too low: u(p, i) is off by one": ({ padH }) => ({ padH: padH - 1 }),
  "the windows lie one column too far left: v(q, j) is off by one": ({ padW }) => ({
    padW: padW + 1,
  }),
  "the windows lie one column too far right: v(q, j) is off by one": ({ padW }) => ({
    padW: padW - 1,
  }),
  "the last row of each window is left out: it has to be i < kH, not i < kH − 1": ({ kH }) => ({
    kH: kH - 1,
  }),
  "the last column of each window is left out: it has to be j < kW, not j < kW − 1": ({ kW }) => ({
    kW: kW - 1,
  }),
};

/** The mistakes of windows that lie elsewhere, for a gradient that is computed with them. */
export function inWrongWindows(
  tag: string,
  gradient: (point: MistakenPoint, wrong: WrongNumbers) => ArrayLike<number>,
): Mistaken[] {
  return Object.entries(WRONG_WINDOWS).map(([says, wrong]) => ({
    argument: "x",
    says,
    tag,
    gradient: (point) => gradient(point, wrong),
  }));
}

/** Where pixel (h, w) of a plane lies in memory. */
export type Address = (plane: number, h: number, w: number, right: WindowGeometry) => number;

/** (n · C + c) · H · W + h · W + w */
export const inRowMajorOrder: Address = (plane, h, w, { H, W }) => plane * H * W + h * W + w;

/** Wrong addresses in words, for either pooling. */
export const WRONG_ADDRESSES: Readonly<Record<string, Address>> = {
  "the pixel's place has to be h · W + w, not h · H + w: H and W are mixed up": (
    plane,
    h,
    w,
    { H, W },
  ) => plane * H * W + h * H + w,
  "every channel writes into the first plane: (n · C + c) · H · W is left out": (_, h, w, { W }) =>
    h * W + w,
};
