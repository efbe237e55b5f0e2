import type { WindowGeometry } from "../../im2col/index.js";
import { spreadEvenly } from "./average-pool2d.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";
import {
  type Address,
  forEachEntry,
  inRowMajorOrder,
  inWrongWindows,
  type WindowEntry,
  windowsOf,
  WRONG_ADDRESSES,
  type WrongNumbers,
} from "./pool-windows.js";

/** The entry that won a window, and its value; null where there is none. */
type Winner = (WindowEntry & { readonly value: number }) | null;

/** How a window's winner may be found wrongly; what is left out is right. */
interface Contest {
  readonly numbers?: WrongNumbers;
  /** Whether a value takes the place of the best one before it. */
  readonly beats?: (value: number, best: number) => boolean;
  /** What the first value has to beat. */
  readonly start?: number;
  /** What an entry on the padding counts as; left out, it takes no part. */
  readonly padding?: number;
  /** Whether pixel (0, 0) of the image wins a window in which nothing beats the start. */
  readonly isFirstPixelHeld?: boolean;
  /** Whether a window begins with the best of the one before; left out, with none. */
  readonly keeps?: (window: number, right: WindowGeometry) => boolean;
}

/** (pooling.2): for each window, the first entry with the largest value. */
function winnersOf(point: MistakenPoint, contest: Contest): Winner[] {
  const { numbers = () => ({}), beats = (a, b) => a > b, start, padding } = contest;
  const { isFirstPixelHeld = false, keeps = () => false } = contest;
  const right = windowsOf(point);
  const x = point.inputs["x"]!.contiguous().data;
  const corner = {
    h: 0,
    w: 0,
    i: 0,
    j: 0,
    isInside: true,
    value: start ?? Number.NEGATIVE_INFINITY,
  };
  const winners: Winner[] = Array.from({ length: point.dOut.size }, (_, window) =>
    isFirstPixelHeld ? { ...corner, window, plane: 0 } : null,
  );
  forEachEntry(point, { ...right, ...numbers(right) }, (entry) => {
    const { window, plane, h, w, i, j, isInside } = entry;
    if (i === 0 && j === 0 && window > 0 && keeps(window, right))
      winners[window] = winners[window - 1]!;
    if (!isInside && padding === undefined) return;
    const value = isInside ? x[inRowMajorOrder(plane, h, w, right)]! : padding!;
    const best = winners[window]?.value ?? start;
    if (best === undefined || beats(value, best)) winners[window] = { ...entry, value };
  });
  return winners;
}

/** How dOut may be handed to the winners wrongly. */
interface Handing {
  readonly address?: Address;
  /** From the position h · W + w and the winner, where its gradient goes in the plane. */
  readonly place?: (position: number, winner: WindowEntry, right: WindowGeometry) => number;
  readonly join?: (before: number, more: number) => number;
  /** What dOut is multiplied by. */
  readonly factor?: (value: number) => number;
  /** Whose winner gets the gradient of a window. */
  readonly whose?: (window: number, count: number) => number;
}

/** (pooling.4): each dOut goes to the winner of its window. */
export function handToWinners(
  point: MistakenPoint,
  contest: Contest = {},
  handing: Handing = {},
): ArrayLike<number> {
  const { join = (before, more) => before + more, factor = () => 1, whose = (at) => at } = handing;
  const { address = inRowMajorOrder, place } = handing;
  const right = windowsOf(point);
  const winners = winnersOf(point, contest);
  const planes = right.outH * right.outW;
  const dX = new Float64Array(point.inputs["x"]!.size);
  point.dOut.contiguous().data.forEach((upstream, window) => {
    const winner = winners[whose(window, winners.length)];
    if (!winner?.isInside) return;
    const { h, w, value } = winner;
    const plane = Math.floor(window / planes);
    const at =
      place === undefined
        ? address(plane, h, w, right)
        : plane * right.H * right.W + place(h * right.W + w, winner, right);
    dX[at] = join(dX[at]!, upstream * factor(value));
  });
  return dX;
}

/** What every pixel gets that is as large as the maximum, from dOut and how many there are. */
function handToAllTied(point: MistakenPoint, share: (tied: number) => number): ArrayLike<number> {
  const right = windowsOf(point);
  const x = point.inputs["x"]!.contiguous().data;
  const winners = winnersOf(point, {});
  const isTied = ({ window, plane, h, w }: WindowEntry): boolean =>
    x[inRowMajorOrder(plane, h, w, right)] === winners[window]?.value;
  const tied = new Int32Array(winners.length);
  forEachEntry(point, right, (entry) => {
    if (entry.isInside && isTied(entry)) tied[entry.window]!++;
  });
  const dX = new Float64Array(x.length);
  const d = point.dOut.contiguous().data;
  forEachEntry(point, right, (entry) => {
    if (!entry.isInside || !isTied(entry)) return;
    const { window, plane, h, w } = entry;
    dX[inRowMajorOrder(plane, h, w, right)]! += d[window]! * share(tied[window]!);
  });
  return dX;
}

function wrong(tag: string, gradients: Readonly<Record<string, Mistaken["gradient"]>>): Mistaken[] {
  return Object.entries(gradients).map(([says, gradient]) => ({
    argument: "x",
    says,
    tag,
    gradient,
  }));
}

const FROM_ZERO = "the search starts from 0, so that no negative pixel can win; start from −∞";

const KEPT = "the largest so far is kept from window to window; each has to start from −∞";

/** For how long the largest is kept: for a row of windows, those of a plane, or all. */
const row = (window: number, { outW }: WindowGeometry): boolean => window % outW !== 0;
const plane = (window: number, { outH, outW }: WindowGeometry): boolean =>
  window % (outH * outW) !== 0;
const batch = (): boolean => true;

export const maxPool2d: readonly Mistaken[] = [
  ...wrong("pooling.4", {
    "where windows share a winner, the last one overwrites the others: they have to be added": (
      point,
    ) => handToWinners(point, {}, { join: (_, more) => more }),
    "where windows share a winner, only the first one counts: they have to be added": (point) =>
      handToWinners(point, {}, { join: (before, more) => (before === 0 ? more : before) }),
    "every pixel of a window gets its dOut; only the winner has to": (point) =>
      spreadEvenly(point, { share: () => 1 }),
    "dOut is spread evenly over the window, as in average pooling, not given to the winner": (
      point,
    ) => spreadEvenly(point),
    "dOut goes to the first entry of each window instead of the winner": (point) =>
      spreadEvenly(point, { share: () => 1, takes: ({ i, j }) => i === 0 && j === 0 }),
    "dOut is multiplied by the maximum; the winner's slope has to be 1": (point) =>
      handToWinners(point, {}, { factor: (value) => value }),
    "the winner gets 1/(kH·kW) of dOut instead of all of it": (point) => {
      const { kH, kW } = windowsOf(point);
      return handToWinners(point, {}, { factor: () => 1 / (kH * kW) });
    },
    "the gradient of a window goes to the winner of the one before: off by one": (point) =>
      handToWinners(point, {}, { whose: (window) => Math.max(0, window - 1) }),
    "the gradient of a window goes to the winner of the next one: off by one": (point) =>
      handToWinners(point, {}, { whose: (window, count) => Math.min(count - 1, window + 1) }),
    "H and W are mixed up: the winner's row has to be ⌊argmax/W⌋, not ⌊argmax/H⌋": (point) =>
      handToWinners(point, {}, { place: (at, _, { H, W }) => Math.floor(at / H) * W + (at % H) }),
    "the winner's place in its window is used as its place in the image": (point) =>
      handToWinners(point, {}, { place: (_, { i, j }, { kW }) => i * kW + j }),
    "the winner's row and column in its window are used as those in the image": (point) =>
      handToWinners(point, {}, { place: (_, { i, j }, { W }) => i * W + j }),
    "in a tie every winner gets all of dOut; only the first has to (pooling.2)": (point) =>
      handToAllTied(point, () => 1),
    "in a tie the winners share dOut; the first has to get all of it (pooling.2)": (point) =>
      handToAllTied(point, (tied) => 1 / tied),
  }),
  ...Object.entries(WRONG_ADDRESSES).flatMap(([says, address]) =>
    wrong("pooling.4", { [says]: (point) => handToWinners(point, {}, { address }) }),
  ),
  ...wrong("pooling.2", {
    "in a tie the last pixel wins; it has to be the first": (point) =>
      handToWinners(point, { beats: (value, best) => value >= best }),
    "the smallest entry of a window wins instead of the largest": (point) =>
      handToWinners(point, { beats: (value, best) => value < best }),
    "the largest absolute value wins instead of the largest value": (point) =>
      handToWinners(point, { beats: (value, best) => Math.abs(value) > Math.abs(best) }),
    "padding counts as 0 and wins against negative pixels; it has to be −∞": (point) =>
      handToWinners(point, { padding: 0 }),
    [FROM_ZERO]: (point) => handToWinners(point, { start: 0 }),
  }),
  ...wrong("pooling.2", {
    [FROM_ZERO]: (point) => handToWinners(point, { start: 0, isFirstPixelHeld: true }),
  }),
  ...[row, plane, batch].flatMap((keeps) =>
    wrong("pooling.2", { [KEPT]: (point) => handToWinners(point, { keeps }) }),
  ),
  ...inWrongWindows("pooling.2", (point, numbers) => handToWinners(point, { numbers })),
];
