/**
 * What goes wrong on the way back through flatten, another order of numbers.
 *
 *   n image   c channel   h, w pixel
 */
import type { Mistaken } from "./mistaken.js";

type Sizes = Readonly<Record<"N" | "C" | "H" | "W", number>>;
type Index = Readonly<Record<"n" | "c" | "h" | "w", number>>;

/** What is read from, in place of dOut[n, (c·H + h)·W + w]: a place among the numbers of dOut. */
type Read = (index: Index, sizes: Sizes) => number;

/** dX[n, c, h, w] = dOut[n, (c·H + h)·W + w], (affine.15). */
export const rightPlace: Read = ({ n, c, h, w }, { C, H, W }) => ((n * C + c) * H + h) * W + w;

/** dX with each of its numbers read from where `read` says. */
export function dXFrom(
  [N, C, H, W]: readonly [number, number, number, number],
  dOut: ArrayLike<number>,
  read: Read,
): Float64Array {
  const dX = new Float64Array(dOut.length);
  let at = 0;
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let h = 0; h < H; h++)
        for (let w = 0; w < W; w++) dX[at++] = dOut[read({ n, c, h, w }, { N, C, H, W })]!;
  return dX;
}

const rows: readonly (readonly [says: string, read: Read])[] = [
  [
    "dOut is read as [H, W, C]: as if the channels came last",
    ({ n, c, h, w }, { C, H, W }) => ((n * H + h) * W + w) * C + c,
  ],
  [
    "dOut is read as [C, W, H]: h and w are exchanged",
    ({ n, c, h, w }, { C, H, W }) => ((n * C + c) * W + w) * H + h,
  ],
  [
    "dOut is read as [W, H, C]: the order of the axes is reversed",
    ({ n, c, h, w }, { C, H, W }) => ((n * W + w) * H + h) * C + c,
  ],
  [
    "dOut is read as [H, C, W]: the channels come between h and w",
    ({ n, c, h, w }, { C, H, W }) => ((n * H + h) * C + c) * W + w,
  ],
  [
    "dOut is read as [W, C, H]: the channels come between w and h",
    ({ n, c, h, w }, { C, H, W }) => ((n * W + w) * C + c) * H + h,
  ],
  [
    "dOut is read as [C·H·W, N]: reshaped as if the images came last",
    ({ n, c, h, w }, { N, H, W }) => ((c * H + h) * W + w) * N + n,
  ],
  [
    "dOut is read in column-major order: as [W, H, C, N]",
    ({ n, c, h, w }, { N, C, H }) => ((w * H + h) * C + c) * N + n,
  ],
  [
    "dOut is read as [C, N, H, W]: images and channels are exchanged",
    ({ n, c, h, w }, { N, H, W }) => ((c * N + n) * H + h) * W + w,
  ],
  [
    "all channels get the gradient of the first: c·H is missing",
    ({ n, h, w }, { C, H, W }) => (n * C * H + h) * W + w,
  ],
  [
    "all rows get the gradient of the first: h is missing",
    ({ n, c, w }, { C, H, W }) => (n * C + c) * H * W + w,
  ],
  [
    "all columns get the gradient of the first: w is missing",
    ({ n, c, h }, { C, H, W }) => ((n * C + c) * H + h) * W,
  ],
  [
    "all images get the gradient of the first: n is missing",
    ({ c, h, w }, { H, W }) => (c * H + h) * W + w,
  ],
  [
    "the rows of an image come in reverse order",
    ({ n, c, h, w }, { C, H, W }) => ((n * C + c) * H + H - 1 - h) * W + w,
  ],
  [
    "the columns of an image come in reverse order",
    ({ n, c, h, w }, { C, H, W }) => ((n * C + c) * H + h) * W + W - 1 - w,
  ],
  [
    "the channels of an image come in reverse order",
    ({ n, c, h, w }, { C, H, W }) => ((n * C + C - 1 - c) * H + h) * W + w,
  ],
];

export const flatten: readonly Mistaken[] = rows.map(([says, read]) => ({
  argument: "x",
  says,
  tag: "affine.15",
  gradient: ({ inputs, dOut }) =>
    dXFrom(inputs["x"]!.shape as [number, number, number, number], dOut.contiguous().data, read),
}));
