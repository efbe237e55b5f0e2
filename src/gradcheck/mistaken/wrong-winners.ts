/** The gradients of windows given to the wrong pixels, by the words for it. */
import { type Deal, firstLargest, type Pooling, type Window, winnerOf } from "./winners.js";

/** A mistake in words, and how a window's gradient is dealt out where it is made. */
export type WrongDeal = readonly [says: string, deal: Deal];

/** To some pixels of a window, a share to each, unless the rectifier stops it. */
function to(
  choose: (window: Window, pooling: Pooling) => readonly number[],
  share: (count: number, pooling: Pooling) => number = () => 1,
): Deal {
  return (window, gradient, give, pooling) => {
    if (winnerOf(window, pooling) < 0) return;
    const chosen = choose(window, pooling);
    for (const pixel of chosen) give(pixel, gradient * share(chosen.length, pooling));
  };
}

/** The first pixel of a window that no other is better than. */
function best({ pixels, value }: Window, isBetter: (a: number, b: number) => boolean): number {
  return pixels.reduce((a, b) => (isBetter(value(b), value(a)) ? b : a));
}

/** Pixels as large as all that were read before them. */
function records({ pixels, value }: Window): readonly number[] {
  let most = -Infinity;
  return pixels.filter((pixel) => {
    const isRecord = value(pixel) > most;
    most = Math.max(most, value(pixel));
    return isRecord;
  });
}

/** Another pixel of the window gets what is the winner's. */
export const wrongWinners: readonly WrongDeal[] = [
  [
    "the gradient is spread over the window's pixels, as if the mean had been taken",
    to(
      ({ pixels }) => pixels,
      (count) => 1 / count,
    ),
  ],
  ["the first pixel of a window is taken for its winner", to(({ pixels }) => [pixels[0]!])],
  ["the last pixel of a window is taken for its winner", to(({ pixels }) => [pixels.at(-1)!])],
  [
    "the smallest pixel of a window is taken for its winner",
    to((window) => [best(window, (a, b) => a < b)]),
  ],
  [
    "the pixel farthest from 0 is taken for the winner",
    to((window) => [best(window, (a, b) => Math.abs(a) > Math.abs(b))]),
  ],
];

/** A window gives more than it has, or less. */
export const wrongShares: readonly WrongDeal[] = [
  [
    "every pixel of a window gets its whole gradient, not the winner alone",
    to(({ pixels }) => pixels),
  ],
  [
    "the gradient is spread in kH·kW equal shares, as if the mean had been taken",
    to(
      ({ pixels }) => pixels,
      (_, { kH, kW }) => 1 / (kH * kW),
    ),
  ],
  ["pixels that led for a while are not taken back: each of them gets the gradient", to(records)],
];

const largest = (window: Window): readonly number[] =>
  window.pixels.filter((pixel) => window.value(pixel) === window.value(firstLargest(window)));

/** To be told from the right gradient only where pixels of one window are equally large. */
export const wrongTies: readonly WrongDeal[] = [
  [
    "in a tie, every pixel as large as the winner gets the gradient, not the first alone",
    to(largest),
  ],
  [
    "in a tie, the gradient is shared among the largest pixels; it is the first one's",
    to(largest, (count) => 1 / count),
  ],
  [
    "in a tie, the last of the largest pixels wins (>= for >); it is the first",
    to((window) => [best(window, (a, b) => a >= b)]),
  ],
];

/** To be told from the right gradient only where a window's largest pixel is exactly 0. */
export const wrongKinks: readonly WrongDeal[] = [
  [
    "at the kink, a window whose largest pixel is 0 lets the gradient through (>= for >)",
    (window, gradient, give, { rectify }) => {
      const winner = firstLargest(window);
      if (winner >= 0 && (!rectify || window.value(winner) >= 0)) give(winner, gradient);
    },
  ],
];

/** Where a rectifier takes part: windows whose out is 0 are let through. */
export const openGates: readonly WrongDeal[] = [
  [
    "the rectifier's gate is forgotten: the largest pixel gets the gradient though out = 0",
    (window, gradient, give) => {
      if (window.pixels.length > 0) give(firstLargest(window), gradient);
    },
  ],
  [
    "where the rectifier gave 0, the first pixel of the window wins; no pixel does",
    (window, gradient, give, pooling) => {
      const winner = winnerOf(window, pooling);
      if (winner >= 0) give(winner, gradient);
      else if (pooling.rectify && window.pixels.length > 0) give(window.pixels[0]!, gradient);
    },
  ],
];

/** Where a rectifier takes part: other mistakes at its gate. */
export const wrongGates: readonly WrongDeal[] = [
  [
    "the gate is turned round: it lets through where out = 0",
    (window, gradient, give, pooling) => {
      const winner = firstLargest(window);
      const isClosed = pooling.rectify && winnerOf(window, pooling) < 0;
      if (winner >= 0 && (!pooling.rectify || isClosed)) give(winner, gradient);
    },
  ],
  [
    "the gate asks whether dOut > 0 instead of out > 0",
    (window, gradient, give, { rectify }) => {
      if (window.pixels.length > 0 && (!rectify || gradient > 0))
        give(firstLargest(window), gradient);
    },
  ],
  [
    "dOut is rectified as well: negative gradients are stopped",
    (window, gradient, give, pooling) => {
      const winner = winnerOf(window, pooling);
      if (winner >= 0 && (!pooling.rectify || gradient > 0)) give(winner, gradient);
    },
  ],
  [
    "the gate is multiplied by the value: out stands for 1[out > 0]",
    (window, gradient, give, pooling) => {
      const winner = winnerOf(window, pooling);
      if (winner >= 0) give(winner, gradient * (pooling.rectify ? window.value(winner) : 1));
    },
  ],
  [
    "every positive pixel of a window gets its gradient: a gate without a winner",
    (window, gradient, give, pooling) => {
      if (pooling.rectify)
        for (const pixel of window.pixels) if (window.value(pixel) > 0) give(pixel, gradient);
      if (!pooling.rectify && window.pixels.length > 0) give(firstLargest(window), gradient);
    },
  ],
];
