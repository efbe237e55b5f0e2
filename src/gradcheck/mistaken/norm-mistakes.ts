/**
 * What every normalisation can get wrong: the terms of dX, its factors, ρ, the axes, and what is
 * summed for weight and bias.
 */
import type { Mistaken, MistakenPoint } from "./mistaken.js";
import {
  type Batch,
  lastPerPlace,
  meanOver,
  type Of,
  type Spread,
  type Standardised,
  standardised,
  sumPerPlace,
  termsOf,
  times,
  together,
} from "./standardised.js";
import {
  divisorMistakes,
  type OtherCount,
  type OtherGroup,
  termMistakes,
} from "./term-mistakes.js";

/** The equations of a normalisation. */
export interface NormTags {
  readonly dX: string;
  readonly dXHat: string;
  readonly dWeight: string;
  readonly dBias: string;
  readonly mu: string;
  readonly variance: string;
}

/** A normalisation: how it makes a batch of a case, and what could be taken for what. */
export interface Norm {
  readonly batchOf: (point: MistakenPoint) => Batch;
  readonly tags: NormTags;
  readonly counts: readonly OtherCount[];
  readonly groups: readonly OtherGroup[];
}

type Numbers = (s: Standardised) => Of;

/** In terms that a pass with constants does not have, so that it is right there. */
export function termsMistaken({ batchOf, tags, counts }: Norm): readonly Mistaken[] {
  return [...termMistakes, ...divisorMistakes(counts)].map(({ says, tag, wrong }) => ({
    argument: "x",
    says,
    tag: tag ?? tags.dX,
    gradient: (point) => {
      const s = standardised(batchOf(point));
      return together(s, { ...termsOf(s), ...(s.batch.running === null ? wrong(s) : {}) });
    },
  }));
}

/** A factor of all of dX. */
export interface FactorMistake {
  readonly says: string;
  /** In the way of x̂ to x, or in that of out to x̂. */
  readonly isWeight: boolean;
  readonly dX: (batch: Batch) => Float64Array;
}

/** All of dX times this. */
const ofAll =
  (factor: (s: Standardised) => Of) =>
  (batch: Batch): Float64Array => {
    const s = standardised(batch);
    return together(s, termsOf(s)).map((value, e) => value * factor(s)(e));
  };
/** dX with another weight. */
const weighted =
  (weight: (batch: Batch) => ArrayLike<number>) =>
  (batch: Batch): Float64Array => {
    const s = standardised({ ...batch, weight: weight(batch) });
    return together(s, termsOf(s));
  };
const each = (numbers: ArrayLike<number>, f: (value: number) => number): number[] =>
  Array.from(numbers, f);

export const factorMistakes: readonly FactorMistake[] = [
  {
    says: "the weight is missing: dOut stands for dX̂",
    isWeight: true,
    dX: weighted(({ weight }) => each(weight, () => 1)),
  },
  {
    says: "the weight is multiplied in twice",
    isWeight: true,
    dX: weighted(({ weight }) => each(weight, (w) => w * w)),
  },
  {
    says: "it is divided by the weight; it has to be multiplied",
    isWeight: true,
    dX: weighted(({ weight }) => each(weight, (w) => 1 / w)),
  },
  { says: "the bias stands for the weight", isWeight: true, dX: weighted(({ bias }) => bias) },
  {
    says: "ρ is missing as a factor of dX",
    isWeight: false,
    dX: ofAll(
      ({ rho }) =>
        (e) =>
          1 / rho(e),
    ),
  },
  {
    says: "weight and ρ are missing as factors of dX",
    isWeight: false,
    dX: (batch) =>
      ofAll(
        ({ rho }) =>
          (e) =>
            1 / rho(e),
      )({ ...batch, weight: each(batch.weight, () => 1) }),
  },
  {
    says: "ρ² stands for ρ: a factor too many, or no root of σ² + ε",
    isWeight: false,
    dX: ofAll(({ rho }) => rho),
  },
  {
    says: "it is multiplied by the standard deviation 1/ρ; it has to be by ρ",
    isWeight: false,
    dX: ofAll(
      ({ rho }) =>
        (e) =>
          1 / (rho(e) * rho(e)),
    ),
  },
];

interface RhoMistake {
  readonly says: string;
  /** Where it lies if not in the variance's equation. */
  readonly tag?: string;
  /** For the weight it comes to the same as another mistake. */
  readonly isForDXAlone?: boolean;
  readonly rho: (spread: Spread) => number;
}

/** ρ of another variance, where that is computed at all. */
const ofVariance =
  (other: (spread: Spread) => number) =>
  (spread: Spread): number => {
    const variance = spread.isRunning ? spread.variance : other(spread);
    return 1 / Math.sqrt(variance + spread.epsilon);
  };

const rhoMistakes: readonly RhoMistake[] = [
  {
    says: "ε is missing in ρ",
    tag: "normalisation.3",
    rho: ({ variance }) => 1 / Math.sqrt(variance),
  },
  {
    says: "ε is added to the standard deviation; it has to be added to σ², under the root",
    tag: "normalisation.3",
    rho: ({ variance, epsilon }) => 1 / (Math.sqrt(variance) + epsilon),
  },
  {
    says: "the root is missing in ρ: 1/(σ² + ε)",
    tag: "normalisation.3",
    isForDXAlone: true,
    rho: ({ variance, epsilon }) => 1 / (variance + epsilon),
  },
  {
    says: "ρ is the standard deviation; it has to be 1 over it",
    tag: "normalisation.3",
    rho: ({ variance, epsilon }) => Math.sqrt(variance + epsilon),
  },
  {
    says: "σ² is divided by M − 1, the unbiased variance; it has to be by M",
    rho: ofVariance(({ variance, M }) => (variance * M) / (M - 1)),
  },
  { says: "σ² is a sum: it is not divided by M", rho: ofVariance((s) => s.variance * s.M) },
  {
    says: "σ² is the mean of x²: μ is not subtracted",
    rho: ofVariance(({ variance, mu }) => variance + mu * mu),
  },
];

/** ρ comes out wrong, and with it x̂. */
export function rhoMistaken({ batchOf, tags }: Norm): readonly Mistaken[] {
  return rhoMistakes.flatMap(({ says, tag = tags.variance, rho, isForDXAlone }): Mistaken[] => {
    const dX: Mistaken = {
      argument: "x",
      says,
      tag,
      gradient: (point) => {
        const s = standardised(batchOf(point), rho);
        return together(s, termsOf(s));
      },
    };
    const dWeight: Mistaken = {
      argument: "weight",
      says,
      tag,
      gradient: (point) => {
        const s = standardised(batchOf(point), rho);
        return sumPerPlace(s, times(s.dOut, s.xHat));
      },
    };
    return isForDXAlone === true ? [dX] : [dX, dWeight];
  });
}

/** Statistics of other numbers, in x̂ and all that follows, or in the two means of dX alone. */
export function groupsMistaken({ batchOf, tags, groups }: Norm): readonly Mistaken[] {
  return groups.flatMap(({ says, group }): Mistaken[] => {
    const otherwise = (point: MistakenPoint): Standardised => {
      const right = standardised(batchOf(point));
      if (right.batch.running !== null) return right;
      return standardised({ ...right.batch, group: group(right) });
    };
    return [
      {
        argument: "x",
        says: `the two means of dX are taken ${says}`,
        tag: tags.dX,
        gradient: (point) => {
          const s = standardised(batchOf(point));
          const other = group(s);
          const mean = (numbers: Of): Of => meanOver(s.batch.x.length, other, numbers);
          return together(s, termsOf({ ...s, mean }));
        },
      },
      {
        argument: "x",
        says: `μ and σ² are taken ${says}`,
        tag: tags.mu,
        gradient: (point) => together(otherwise(point), termsOf(otherwise(point))),
      },
      {
        argument: "weight",
        says: `μ and σ² are taken ${says}`,
        tag: tags.mu,
        gradient: (point) => {
          const s = otherwise(point);
          return sumPerPlace(s, times(s.dOut, s.xHat));
        },
      },
    ];
  });
}

const LAST = "the sum is only its last term: = stands for +=";

const inDWeight: readonly (readonly [says: string, numbers: Numbers])[] = [
  ["x̂ is missing: dOut alone is summed, as for the bias", ({ dOut }) => dOut],
  ["x stands for x̂", ({ dOut, x }) => times(dOut, x)],
  [
    "ρ is missing: x − μ stands for x̂",
    ({ dOut, x, mu }) =>
      (e) =>
        dOut(e) * (x(e) - mu(e)),
  ],
  ["μ is not subtracted: ρ·x stands for x̂", ({ dOut, rho, x }) => times(dOut, rho, x)],
  ["out stands for x̂", ({ dOut, out }) => times(dOut, out)],
  ["the weight is a factor too many: dX̂ stands for dOut", (s) => times(s.dXHat, s.xHat)],
  [
    "ρ² stands for ρ: a factor too many, or no root of σ² + ε",
    ({ dOut, rho, xHat }) => times(dOut, rho, xHat),
  ],
  ["weight and ρ are factors too many", ({ dXHat, rho, xHat }) => times(dXHat, rho, xHat)],
  ["x̂ stands squared", ({ dOut, xHat }) => times(dOut, xHat, xHat)],
];

const inDBias: readonly (readonly [says: string, numbers: Numbers])[] = [
  ["x̂ is a factor too many, as for the weight", ({ dOut, xHat }) => times(dOut, xHat)],
  ["the weight is a factor too many: the bias is added behind it", ({ dXHat }) => dXHat],
  ["ρ is a factor too many: the bias is added behind it", ({ dOut, rho }) => times(dOut, rho)],
  ["weight and ρ are factors too many", ({ dXHat, rho }) => times(dXHat, rho)],
  ["x̂ is summed; it has to be dOut", ({ xHat }) => xHat],
  ["x is summed; it has to be dOut", ({ x }) => x],
];

/** Sums of the wrong numbers for weight and bias, and no sums. */
export function sumsMistaken({ batchOf, tags }: Norm): readonly Mistaken[] {
  const sums =
    (argument: string, tag: string) =>
    ([says, numbers]: readonly [says: string, numbers: Numbers]): Mistaken => ({
      argument,
      says,
      tag,
      gradient: (point) => {
        const s = standardised(batchOf(point));
        return sumPerPlace(s, numbers(s));
      },
    });
  const last = (argument: string, tag: string, numbers: Numbers): Mistaken => ({
    argument,
    says: LAST,
    tag,
    gradient: (point) => {
      const s = standardised(batchOf(point));
      return lastPerPlace(s, numbers(s));
    },
  });
  return [
    ...inDWeight.map(sums("weight", tags.dWeight)),
    last("weight", tags.dWeight, ({ dOut, xHat }) => times(dOut, xHat)),
    ...inDBias.map(sums("bias", tags.dBias)),
    last("bias", tags.dBias, ({ dOut }) => dOut),
  ];
}
