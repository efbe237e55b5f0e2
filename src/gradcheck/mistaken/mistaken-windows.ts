/**
 * Windows in the wrong places, for layers that slide one over an image: each mistake by the sizes
 * that it amounts to.
 *
 *   u(p, i) = p·strideH + i·dilationH − padH   v(q, j) = q·strideW + j·dilationW − padW
 */
import type { WindowGeometry } from "../../im2col/index.js";

/** A mistake in words, and the sizes that it amounts to. */
export type WrongSizes = readonly [
  says: string,
  sizes: (geometry: WindowGeometry) => Partial<WindowGeometry>,
];

export const wrongStrides: readonly WrongSizes[] = [
  ["the stride is dropped: windows step by 1", () => ({ strideH: 1, strideW: 1 })],
  ["strideH is dropped", () => ({ strideH: 1 })],
  ["strideW is dropped", () => ({ strideW: 1 })],
  [
    "strideH and strideW are exchanged",
    ({ strideH, strideW }) => ({ strideH: strideW, strideW: strideH }),
  ],
];

export const wrongDilations: readonly WrongSizes[] = [
  ["the dilation is dropped: the window has no gaps", () => ({ dilationH: 1, dilationW: 1 })],
  ["dilationH is dropped", () => ({ dilationH: 1 })],
  ["dilationW is dropped", () => ({ dilationW: 1 })],
  [
    "dilationH and dilationW are exchanged",
    ({ dilationH, dilationW }) => ({ dilationH: dilationW, dilationW: dilationH }),
  ],
  [
    "stride and dilation have changed places",
    ({ strideH, strideW, dilationH, dilationW }) => ({
      strideH: dilationH,
      strideW: dilationW,
      dilationH: strideH,
      dilationW: strideW,
    }),
  ],
];

export const wrongPaddings: readonly WrongSizes[] = [
  ["the padding is dropped: windows begin on the image", () => ({ padH: 0, padW: 0 })],
  ["padH is dropped", () => ({ padH: 0 })],
  ["padW is dropped", () => ({ padW: 0 })],
  ["padH and padW are exchanged", ({ padH, padW }) => ({ padH: padW, padW: padH })],
  [
    "the padding is added instead of subtracted",
    ({ padH, padW }) => ({ padH: -padH, padW: -padW }),
  ],
  ["the padding is counted twice", ({ padH, padW }) => ({ padH: 2 * padH, padW: 2 * padW })],
];

/** Of dX alone, as a convolution of dOut: (conv2d.20). */
export const wrongFullConvolutions: readonly WrongSizes[] = [
  [
    "dOut is padded by padH, where dX needs dilationH·(kH − 1) − padH",
    ({ kH, kW, dilationH, dilationW, padH, padW }) => ({
      padH: dilationH * (kH - 1) - padH,
      padW: dilationW * (kW - 1) - padW,
    }),
  ],
  [
    "dOut is convolved as x was: the filter not turned, and padded by padH as well",
    ({ dilationH, dilationW, padH, padW }) => ({
      dilationH: -dilationH,
      dilationW: -dilationW,
      padH: -padH,
      padW: -padW,
    }),
  ],
];

export const wrongPlaces: readonly WrongSizes[] = [
  ["the windows begin one row too high", ({ padH }) => ({ padH: padH + 1 })],
  ["the windows begin one row too low", ({ padH }) => ({ padH: padH - 1 })],
  ["the windows begin one column too far left", ({ padW }) => ({ padW: padW + 1 })],
  ["the windows begin one column too far right", ({ padW }) => ({ padW: padW - 1 })],
];

export const exchangedAxes: readonly WrongSizes[] = [
  ["H and W are exchanged: the image is read as [W, H]", ({ H, W }) => ({ H: W, W: H })],
  ["kH and kW are exchanged", ({ kH, kW }) => ({ kH: kW, kW: kH })],
  [
    "outH and outW are exchanged: dOut is read as [outW, outH]",
    ({ outH, outW }) => ({ outH: outW, outW: outH }),
  ],
];

/** In which row of the image entry i of window p lies, (conv2d.1d). */
export function rowOf({ strideH, dilationH, padH }: WindowGeometry, p: number, i: number): number {
  return p * strideH + i * dilationH - padH;
}

/** In which column entry j of window q lies, (conv2d.1e). */
export function columnOf(
  { strideW, dilationW, padW }: WindowGeometry,
  q: number,
  j: number,
): number {
  return q * strideW + j * dilationW - padW;
}
