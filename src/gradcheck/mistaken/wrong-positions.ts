/** The gradients of a max pooling put in the wrong places, though the winners are right. */
import { columnOf, rowOf } from "./mistaken-windows.js";
import type { Pooling, Window } from "./winners.js";

/** Puts a window's gradient into dX; a winner of −1 is none. */
export type Put = (
  dX: Float64Array,
  winners: readonly number[],
  window: Window,
  gradient: number,
  pooling: Pooling,
) => void;

/** A mistake in words, and where the gradient goes where it is made. */
export type WrongPut = readonly [says: string, put: Put];

/** Adds to a place in dX that is worked out from the winner's; places outside are left out. */
const adds =
  (place: (winner: number, pooling: Pooling, window: Window) => number): Put =>
  (dX, winners, window, gradient, pooling) => {
    const winner = winners[window.index]!;
    if (winner < 0) return;
    const at = place(winner, pooling, window);
    if (at >= 0 && at < dX.length) dX[at]! += gradient;
  };

/** Adds to the winner of another window of the batch. */
const toWinnerOf =
  (other: (index: number, windows: number) => number): Put =>
  (dX, winners, { index, plane }, gradient) => {
    const winner = winners[other(index, winners.length)]!;
    if (winner >= 0) dX[plane + winner]! += gradient;
  };

/** Where `winner` is −1, adds to the place that an array reads −1 as. */
const minusOne =
  (place: (plane: number, pooling: Pooling) => number): Put =>
  (dX, winners, { index, plane }, gradient, pooling) => {
    const winner = winners[index]!;
    const at = winner < 0 ? place(plane, pooling) : plane + winner;
    if (at >= 0) dX[at]! += gradient;
  };

/** A pixel of the same plane gets the gradient. */
export const wrongPixelsOfPlane: readonly WrongPut[] = [
  [
    "the winner's position h·W + w is read as w·H + h: h and w are exchanged",
    adds((winner, { H, W }, { plane }) => plane + (winner % H) * W + Math.floor(winner / H)),
  ],
  [
    "the winner's position in its window is taken for one in the plane",
    adds((winner, pooling, { plane, p, q }) => {
      const { W } = pooling;
      const h = Math.floor(winner / W) - rowOf(pooling, p, 0);
      return plane + h * W + (winner % W) - columnOf(pooling, q, 0);
    }),
  ],
  [
    "the winner's position in its window, i·kW + j, is taken for one in the plane",
    adds((winner, pooling, { plane, p, q }) => {
      const { W, kW, dilationH, dilationW } = pooling;
      const i = (Math.floor(winner / W) - rowOf(pooling, p, 0)) / dilationH;
      return plane + i * kW + ((winner % W) - columnOf(pooling, q, 0)) / dilationW;
    }),
  ],
];

export const wrongPositions: readonly WrongPut[] = [
  [
    "the gradient goes to the winner of the window before",
    toWinnerOf((index, windows) => (index + windows - 1) % windows),
  ],
  [
    "the gradient goes to the winner of the window before",
    toWinnerOf((index) => Math.max(0, index - 1)),
  ],
  [
    "the gradient goes to the winner of the next window",
    toWinnerOf((index, windows) => (index + 1) % windows),
  ],
  [
    "the gradient goes to the winner of the next window",
    toWinnerOf((index, windows) => Math.min(windows - 1, index + 1)),
  ],
  [
    "the winner's position is h·H + w: H for W",
    adds((winner, { H, W }, { plane }) => plane + Math.floor(winner / W) * H + (winner % W)),
  ],
  [
    "the winner's position is taken apart by H instead of W",
    adds((winner, { H, W }, { plane }) => plane + Math.floor(winner / H) * W + (winner % H)),
  ],
  ["the winner's position is off by one pixel", adds((winner, _, { plane }) => plane + winner - 1)],
  ["the winner's position is off by one pixel", adds((winner, _, { plane }) => plane + winner + 1)],
  [
    "images and channels are exchanged in dX",
    adds((winner, { N, C, H, W }, { plane }) => {
      const [n, c] = [Math.floor(plane / (C * H * W)), Math.floor(plane / (H * W)) % C];
      return (c * N + n) * H * W + winner;
    }),
  ],
];

/** Planes whose gradients add up in one. */
export const joinedPlanes: readonly WrongPut[] = [
  ["all planes add up in the first: the offset of image and channel is missing", adds((at) => at)],
  [
    "all channels add up in the first: the channel's offset is missing",
    adds((winner, { C, H, W }, { plane }) => plane - (plane % (C * H * W)) + winner),
  ],
  [
    "all images add up in the first: the image's offset is missing",
    adds((winner, { C, H, W }, { plane }) => (plane % (C * H * W)) + winner),
  ],
];

export const wrongSharing: readonly WrongPut[] = [
  [
    "a shared winner is overwritten, = for +=: only its last window counts",
    (dX, winners, { index, plane }, gradient) => {
      if (winners[index]! >= 0) dX[plane + winners[index]!] = gradient;
    },
  ],
  [
    "of the windows that share a winner only the first counts",
    (dX, winners, { index, plane }, gradient, { outH, outW }) => {
      const first = index - (index % (outH * outW));
      if (winners[index]! >= 0 && winners.indexOf(winners[index]!, first) === index)
        dX[plane + winners[index]!] = gradient;
    },
  ],
  [
    "the windows that share a winner are averaged instead of added up",
    (dX, winners, { index, plane }, gradient, { outH, outW }) => {
      const [winner, first] = [winners[index]!, index - (index % (outH * outW))];
      const ofPlane = winners.slice(first, first + outH * outW);
      if (winner >= 0)
        dX[plane + winner]! += gradient / ofPlane.filter((other) => other === winner).length;
    },
  ],
];

/** Where a rectifier takes part, and a window has no winner. */
export const lastPixels: readonly WrongPut[] = [
  [
    "a winner of −1 is no pixel, and was taken for the last of the plane",
    minusOne((plane, { H, W }) => plane + H * W - 1),
  ],
];

export const pixelsBefore: readonly WrongPut[] = [
  [
    "a winner of −1 is no pixel, and was taken for the one before the plane",
    minusOne((plane) => plane - 1),
  ],
];
