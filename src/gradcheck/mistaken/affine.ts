/**
 * What goes wrong in the backward pass of an affine layer: `derivations/affine.md`.
 *
 *   N images   I features, i   O outputs, o
 */
import type { Mistaken, MistakenPoint } from "./mistaken.js";

/** An affine layer with its numbers, in row-major order. */
export interface AffineNumbers {
  readonly N: number;
  readonly I: number;
  readonly O: number;
  /** [N, I] */
  readonly x: ArrayLike<number>;
  /** [O, I] */
  readonly weight: ArrayLike<number>;
  /** [O]; null where there is none. */
  readonly bias: ArrayLike<number> | null;
  /** [N, O] */
  readonly dOut: ArrayLike<number>;
}

/** The layer of a case of the catalog. */
export function affineOf({ inputs, dOut }: MistakenPoint): AffineNumbers {
  const [N, I] = inputs["x"]!.shape as [number, number];
  return {
    N,
    I,
    O: inputs["weight"]!.shape[0]!,
    x: inputs["x"]!.contiguous().data,
    weight: inputs["weight"]!.contiguous().data,
    bias: inputs["bias"]?.contiguous().data ?? null,
    dOut: dOut.contiguous().data,
  };
}

type Entry = (index: { readonly n: number; readonly i: number; readonly o: number }) => number;
type Factors = (numbers: AffineNumbers) => readonly Entry[];

/** A product of factors for each n, i and o, added up where `place` says. */
function addedUp(
  { N, I, O }: AffineNumbers,
  length: number,
  factors: readonly Entry[],
  place: Entry,
): Float64Array {
  const sums = new Float64Array(length);
  for (let n = 0; n < N; n++)
    for (let o = 0; o < O; o++)
      for (let i = 0; i < I; i++) {
        const index = { n, i, o };
        sums[place(index)]! += factors.reduce((product, factor) => product * factor(index), 1);
      }
  return sums;
}

const dOutOf =
  ({ O, dOut }: AffineNumbers): Entry =>
  ({ n, o }) =>
    dOut[n * O + o]!;
const xOf =
  ({ I, x }: AffineNumbers): Entry =>
  ({ n, i }) =>
    x[n * I + i]!;
const weightOf =
  ({ I, weight }: AffineNumbers): Entry =>
  ({ o, i }) =>
    weight[o * I + i]!;

/** dBias[o] = Σₙ dOut[n, o], (affine.5). */
export function affineDBias(
  numbers: AffineNumbers,
  factors: Factors = (all) => [dOutOf(all)],
): Float64Array | null {
  if (numbers.bias === null) return null;
  // once for each o, not for each i
  return addedUp({ ...numbers, I: 1 }, numbers.O, factors(numbers), ({ o }) => o);
}

/** dWeight = dOutᵀ · x, (affine.9). */
export function affineDWeight(
  numbers: AffineNumbers,
  factors: Factors = (all) => [dOutOf(all), xOf(all)],
  place: Entry = ({ o, i }) => o * numbers.I + i,
): Float64Array {
  return addedUp(numbers, numbers.weight.length, factors(numbers), place);
}

/** dX = dOut · weight, (affine.12). */
export function affineDX(
  numbers: AffineNumbers,
  factors: Factors = (all) => [dOutOf(all), weightOf(all)],
  place: Entry = ({ n, i }) => n * numbers.I + i,
): Float64Array {
  return addedUp(numbers, numbers.x.length, factors(numbers), place);
}

/** dOut's numbers in another order, by the words for it. */
const wrongDOut: readonly (readonly [says: string, read: (numbers: AffineNumbers) => Entry])[] = [
  [
    "dOut is read as [O, N]: reshaped instead of transposed",
    ({ N, dOut }) =>
      ({ n, o }) =>
        dOut[o * N + n]!,
  ],
  [
    "the numbers of dOut are read one place off",
    ({ O, dOut }) =>
      ({ n, o }) =>
        dOut[(n * O + o + dOut.length - 1) % dOut.length]!,
  ],
];

const only =
  (matches: (index: Parameters<Entry>[0]) => boolean): Entry =>
  (index) =>
    matches(index) ? 1 : 0;

/** Row n of a matrix, but of another image. */
const ofImage =
  (entry: Entry, image: (n: number) => number): Entry =>
  ({ n, ...index }) =>
    entry({ ...index, n: image(n) });

type Row = readonly [says: string, gradient: (numbers: AffineNumbers) => Float64Array | null];

const biasRows: readonly Row[] = [
  ...wrongDOut.map(
    ([says, read]): Row => [says, (all) => affineDBias(all, (numbers) => [read(numbers)])],
  ),
  [
    "dBias is multiplied by the bias, whose rate is 1",
    (all) => affineDBias(all, (numbers) => [dOutOf(numbers), ({ o }) => numbers.bias![o]!]),
  ],
];

const weightRows: readonly Row[] = [
  ...wrongDOut.map(
    ([says, read]): Row => [
      says,
      (all) => affineDWeight(all, (numbers) => [read(numbers), xOf(numbers)]),
    ],
  ),
  [
    "xᵀ · dOut, [I, O], is reshaped to [O, I] instead of transposed",
    (all) => affineDWeight(all, undefined, ({ o, i }) => i * all.O + o),
  ],
  [
    "x is read as [I, N]: reshaped instead of transposed",
    (all) =>
      affineDWeight(all, (numbers) => [
        dOutOf(numbers),
        ({ n, i }) => numbers.x[i * numbers.N + n]!,
      ]),
  ],
  [
    "the numbers of x are read one place off",
    (all) =>
      affineDWeight(all, (numbers) => [
        dOutOf(numbers),
        ({ n, i }) => at(numbers.x, n * numbers.I + i - 1),
      ]),
  ],
  [
    "the factor x is missing: each row of weights gets dBias",
    (all) => affineDWeight(all, (numbers) => [dOutOf(numbers)]),
  ],
  [
    "sums are multiplied, Σ dOut · Σ x, instead of products added up",
    (all) => {
      const { N, I, O } = all;
      const ones = { ...all, x: Array.from(all.x, () => 1) };
      const sums = affineDWeight(ones); // Σ dOut, for each i
      const total = (i: number): number => {
        let sum = 0;
        for (let n = 0; n < N; n++) sum += all.x[n * I + i]!;
        return sum;
      };
      return Float64Array.from({ length: O * I }, (_, at) => sums[at]! * total(at % I));
    },
  ],
  [
    "the rows of x and dOut do not belong together: x is one image on",
    (all) =>
      affineDWeight(all, (numbers) => [
        dOutOf(numbers),
        ofImage(xOf(numbers), (n) => (n + 1) % numbers.N),
      ]),
  ],
  [
    "the rows of x and dOut do not belong together: x is in reverse order",
    (all) =>
      affineDWeight(all, (numbers) => [
        dOutOf(numbers),
        ofImage(xOf(numbers), (n) => numbers.N - 1 - n),
      ]),
  ],
  [
    "weight stands where x has to: the rate of out is what the weight is multiplied by",
    (all) => affineDWeight(all, (numbers) => [dOutOf(numbers), weightOf(numbers)]),
  ],
  [
    "weight is multiplied in: the rate of out is x, not weight · x",
    (all) => affineDWeight(all, (numbers) => [dOutOf(numbers), xOf(numbers), weightOf(numbers)]),
  ],
];

const xRows: readonly Row[] = [
  ...wrongDOut.map(
    ([says, read]): Row => [
      says,
      (all) => affineDX(all, (numbers) => [read(numbers), weightOf(numbers)]),
    ],
  ),
  [
    "weight is read as [I, O]: transposed by a reshape, where [O, I] fits as it is",
    (all) =>
      affineDX(all, (numbers) => [
        dOutOf(numbers),
        ({ i, o }) => numbers.weight[i * numbers.O + o]!,
      ]),
  ],
  [
    "weightᵀ · dOutᵀ, [I, N], is reshaped to [N, I] instead of transposed",
    (all) => affineDX(all, undefined, ({ n, i }) => i * all.N + n),
  ],
  [
    "the numbers of weight are read one place off",
    (all) =>
      affineDX(all, (numbers) => [
        dOutOf(numbers),
        ({ i, o }) => at(numbers.weight, o * numbers.I + i - 1),
      ]),
  ],
  [
    "the factor weight is missing: each feature gets the sum of dOut",
    (all) => affineDX(all, (numbers) => [dOutOf(numbers)]),
  ],
  [
    "only the first output counts: the sum over o is missing",
    (all) =>
      affineDX(all, (numbers) => [dOutOf(numbers), weightOf(numbers), only(({ o }) => o === 0)]),
  ],
  [
    "only the last output counts: = for += over o",
    (all) =>
      affineDX(all, (numbers) => [
        dOutOf(numbers),
        weightOf(numbers),
        only(({ o }) => o === numbers.O - 1),
      ]),
  ],
  [
    "sums are multiplied, Σ dOut · Σ weight, instead of products added up",
    (all) => {
      const { I, O, weight } = all;
      const sums = affineDX({ ...all, weight: Array.from(weight, () => 1) });
      const total = (i: number): number => {
        let sum = 0;
        for (let o = 0; o < O; o++) sum += weight[o * I + i]!;
        return sum;
      };
      return sums.map((sum, at) => sum * total(at % I));
    },
  ],
  [
    "x stands where weight has to: the rate of out is what x is multiplied by",
    (all) => affineDX(all, (numbers) => [dOutOf(numbers), xOf(numbers)]),
  ],
  [
    "x is multiplied in: the rate of out is weight, not weight · x",
    (all) => affineDX(all, (numbers) => [dOutOf(numbers), weightOf(numbers), xOf(numbers)]),
  ],
];

/** Of a list that goes round: its last entry at −1. */
function at(list: ArrayLike<number>, index: number): number {
  return list[(index + list.length) % list.length]!;
}

const rows = [
  { argument: "x", tag: "affine.12", rows: xRows },
  { argument: "weight", tag: "affine.9", rows: weightRows },
  { argument: "bias", tag: "affine.5", rows: biasRows },
];

export const affine: readonly Mistaken[] = rows.flatMap(({ rows: list, ...common }) =>
  list.map(([says, gradient]) => ({
    ...common,
    says,
    gradient: (point: MistakenPoint) => gradient(affineOf(point)),
  })),
);
