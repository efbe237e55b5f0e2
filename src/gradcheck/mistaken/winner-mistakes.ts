/** What goes wrong on the way back to the winners of a max pooling, one thing at a time. */
import {
  exchangedAxes,
  wrongDilations,
  wrongPaddings,
  wrongPlaces,
  wrongStrides,
} from "./mistaken-windows.js";
import { dealtOut, fromWinners, type Pooling, toWinner } from "./winners.js";
import {
  joinedPlanes,
  lastPixels,
  pixelsBefore,
  wrongPixelsOfPlane,
  wrongPositions,
  type WrongPut,
  wrongSharing,
} from "./wrong-positions.js";
import {
  openGates,
  type WrongDeal,
  wrongGates,
  wrongKinks,
  wrongShares,
  wrongTies,
  wrongWinners,
} from "./wrong-winners.js";

/** A mistake in words, the equation in which it lies, and the gradient of what is pooled. */
export type WinnerMistake = readonly [
  says: string,
  tag: string,
  gradient: (pooling: Pooling) => Float64Array,
];

/** Which equation a layer has for each step. */
export interface WinnerTags {
  /** Which pixel wins. */
  readonly winner: string;
  /** Whether the rectifier lets the gradient through; null where there is none. */
  readonly gate: string | null;
  /** That each winner gets the sum over its windows. */
  readonly sum: string;
}

/** A place among the numbers of dOut that is read instead of [n, c, p, q]'s. */
type Read = (
  index: { readonly n: number; readonly c: number; readonly s: number },
  sizes: { readonly N: number; readonly C: number; readonly P: number },
) => number;

/** dOut in another order; s = p·outW + q is a window of its plane. */
const wrongReads: readonly (readonly [says: string, read: Read])[] = [
  ["dOut is read as if its channels came last", ({ n, c, s }, { C, P }) => (n * P + s) * C + c],
  [
    "dOut is read as [C, N, …]: images and channels are exchanged",
    ({ n, c, s }, { N, P }) => (c * N + n) * P + s,
  ],
  [
    "the numbers of dOut are read one place off",
    ({ n, c, s }, { N, C, P }) => ((n * C + c) * P + s + N * C * P - 1) % (N * C * P),
  ],
];

function readIn(pooling: Pooling, read: Read): Pooling {
  const { N, C, outH, outW } = pooling;
  const P = outH * outW;
  const dOut = Float64Array.from({ length: N * C * P }, (_, at) => {
    const index = { n: Math.floor(at / (C * P)), c: Math.floor(at / P) % C, s: at % P };
    return pooling.dOut[read(index, { N, C, P })]!;
  });
  return { ...pooling, dOut };
}

/** What can be wrong in the gradient of what is pooled. */
export interface WinnerMistakes {
  /** What the sum over a plane, or over all images, hides or tells in other words. */
  readonly hiddenBySums: readonly WinnerMistake[];
  /** What such a sum shows as well. */
  readonly others: readonly WinnerMistake[];
}

/** @param hasTies whether pixels can be equally large, or exactly 0 */
export function winnerMistakes(
  { winner, gate, sum }: WinnerTags,
  { hasTies, hasDilation }: { readonly hasTies: boolean; readonly hasDilation: boolean },
): WinnerMistakes {
  const deals = (list: readonly WrongDeal[], tag: string): WinnerMistake[] =>
    list.map(([says, deal]) => [says, tag, (pooling) => dealtOut(pooling, deal)]);
  const puts = (list: readonly WrongPut[], tag: string): WinnerMistake[] =>
    list.map(([says, put]) => [
      says,
      tag,
      (pooling) => fromWinners(pooling, (...rest) => put(...rest, pooling)),
    ]);
  const ofGate = (list: (tag: string) => readonly WinnerMistake[]): readonly WinnerMistake[] =>
    gate === null ? [] : list(gate);
  const sizes = [
    ...wrongStrides,
    ...(hasDilation ? wrongDilations : []),
    ...wrongPaddings,
    ...wrongPlaces,
    ...exchangedAxes,
  ];
  return {
    hiddenBySums: [
      ...deals(wrongWinners, winner),
      ...deals(hasTies ? wrongTies : [], winner),
      ...ofGate((tag) => [...deals(openGates, tag), ...puts(lastPixels, winner)]),
      ...puts(wrongPixelsOfPlane, winner),
      ...puts(joinedPlanes, sum),
    ],
    others: [
      ...deals(wrongShares, sum),
      ...ofGate((tag) => [
        ...deals(wrongGates, tag),
        ...deals(hasTies ? wrongKinks : [], tag),
        ...puts(pixelsBefore, winner),
      ]),
      ...puts(wrongPositions, winner),
      ...puts(wrongSharing, sum),
      ...sizes.map(
        ([says, wrong]): WinnerMistake => [
          `looking for winners, ${says}`,
          winner,
          (pooling) => dealtOut({ ...pooling, ...wrong(pooling) }, toWinner),
        ],
      ),
      ...wrongReads.map(
        ([says, read]): WinnerMistake => [
          says,
          sum,
          (pooling) => dealtOut(readIn(pooling, read), toWinner),
        ],
      ),
    ],
  };
}
