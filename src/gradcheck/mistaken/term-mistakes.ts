/** What can go wrong with the three terms of a normalisation's dX, by the words for it. */
import {
  meanSoFar,
  type Of,
  type Standardised,
  type Terms,
  termsOf,
  times,
} from "./standardised.js";

/** A mistake in dX's terms. */
export interface TermMistake {
  readonly says: string;
  /** Where it lies if not in the equation of dX itself. */
  readonly tag?: string;
  /** The terms that come out wrong. */
  readonly wrong: (s: Standardised) => Partial<Terms>;
}

const nothing: Of = () => 0;
const minus = (numbers: Of): Of => times(-1, numbers);
const centred =
  ({ x, mu }: Standardised): Of =>
  (e) =>
    x(e) - mu(e);
/** The variance's term with other numbers in front, and in the mean, than x̂. */
const throughVariance = (s: Standardised, front: Of, inside: Of): Partial<Terms> => ({
  variance: times(s.rho, front, s.mean(times(s.dXHat, inside))),
});

const ofTheMean: readonly TermMistake[] = [
  {
    says: "the mean's term is missing, or comes to 0: Σ dX is not 0",
    wrong: () => ({ mean: nothing }),
  },
  {
    says: "the mean's term is added; it has to be subtracted",
    wrong: (s) => ({ mean: minus(termsOf(s).mean) }),
  },
  {
    says: "the mean's term is subtracted twice",
    wrong: (s) => ({ mean: times(2, termsOf(s).mean) }),
  },
  { says: "ρ is missing in the mean's term", wrong: (s) => ({ mean: s.mean(s.dXHat) }) },
  {
    says: "the weight is missing in the mean's term: dOut stands for dX̂",
    wrong: (s) => ({ mean: times(s.rho, s.mean(s.dOut)) }),
  },
  {
    says: "the weight is a factor too many in the mean's term",
    wrong: (s) => ({ mean: times(s.rho, s.mean(times(s.weight, s.dXHat))) }),
  },
  {
    says: "there is a ρ too many in the mean's term",
    wrong: (s) => ({ mean: times(s.rho, termsOf(s).mean) }),
  },
  {
    says: "x̂ is a factor too many in the mean's term: mean(dX̂·x̂) for mean(dX̂)",
    wrong: (s) => ({ mean: times(s.rho, s.mean(times(s.dXHat, s.xHat))) }),
  },
];

const ofTheVariance: readonly TermMistake[] = [
  {
    says: "the variance's term is missing: Σ dX·x̂ is not 0",
    wrong: () => ({ variance: nothing }),
  },
  {
    says: "the variance's term is added; it has to be subtracted",
    wrong: (s) => ({ variance: minus(termsOf(s).variance) }),
  },
  {
    says: "the variance's term is twice as large: the 1/2 of ρ's slope is missing",
    tag: "normalisation.12",
    wrong: (s) => ({ variance: times(2, termsOf(s).variance) }),
  },
  {
    says: "the variance's term is half as large: the 2 of the square's slope is missing",
    tag: "normalisation.10",
    wrong: (s) => ({ variance: times(1 / 2, termsOf(s).variance) }),
  },
  {
    says: "the weight is missing in the variance's term: dOut stands for dX̂",
    wrong: (s) => ({ variance: times(s.rho, s.xHat, s.mean(times(s.dOut, s.xHat))) }),
  },
  {
    says: "a ρ is missing in the variance's term: as with x − μ for one of the two x̂",
    wrong: (s) => throughVariance(s, s.xHat, centred(s)),
  },
  {
    says: "two ρ are missing in the variance's term: as with x − μ for both x̂, or ρ for ρ³",
    wrong: (s) => throughVariance(s, centred(s), centred(s)),
  },
  {
    says: "all three ρ are missing in the variance's term: the slope of ρ is −ρ³/2",
    tag: "normalisation.12",
    wrong: (s) => ({ variance: times(centred(s), s.mean(times(s.dXHat, centred(s)))) }),
  },
  {
    says: "the weight is a factor too many in the variance's term",
    wrong: (s) => throughVariance(s, s.xHat, times(s.weight, s.xHat)),
  },
  {
    says: "x̂ stands squared in the mean of the variance's term",
    wrong: (s) => throughVariance(s, s.xHat, times(s.xHat, s.xHat)),
  },
  {
    says: "there is a ρ too many in the variance's term",
    wrong: (s) => ({ variance: times(s.rho, termsOf(s).variance) }),
  },
  {
    says: "x̂ is missing in front of the variance's term",
    wrong: (s) => throughVariance(s, () => 1, s.xHat),
  },
  {
    says: "x̂ is missing in the mean of the variance's term: mean(dX̂) for mean(dX̂·x̂)",
    wrong: (s) => throughVariance(s, s.xHat, () => 1),
  },
  {
    says: "x stands for x̂ in front of the variance's term",
    wrong: (s) => throughVariance(s, s.x, s.xHat),
  },
  {
    says: "x stands for x̂ in the mean of the variance's term: mean(dX̂·x)",
    wrong: (s) => throughVariance(s, s.xHat, s.x),
  },
  {
    says: "x stands for both x̂ of the variance's term",
    wrong: (s) => throughVariance(s, s.x, s.x),
  },
  {
    says: "μ is not subtracted in front of the variance's term: ρ·x stands for x̂",
    wrong: (s) => throughVariance(s, times(s.rho, s.x), s.xHat),
  },
  {
    says: "μ is not subtracted in the mean of the variance's term: ρ·x stands for x̂",
    wrong: (s) => throughVariance(s, s.xHat, times(s.rho, s.x)),
  },
  {
    says: "μ is not subtracted: ρ·x stands for both x̂ of the variance's term",
    tag: "normalisation.4",
    wrong: (s) => throughVariance(s, times(s.rho, s.x), times(s.rho, s.x)),
  },
  {
    says: "out stands for x̂ in front of the variance's term",
    wrong: (s) => throughVariance(s, s.out, s.xHat),
  },
  {
    says: "out stands for x̂ in the mean of the variance's term: mean(dX̂·out)",
    wrong: (s) => throughVariance(s, s.xHat, s.out),
  },
  {
    says: "out stands for both x̂ of the variance's term",
    wrong: (s) => throughVariance(s, s.out, s.out),
  },
];

const ofSeveral: readonly TermMistake[] = [
  {
    says: "the terms of mean and variance are missing: both are taken for constants",
    wrong: () => ({ mean: nothing, variance: nothing }),
  },
  {
    says: "the terms of mean and variance are added; they have to be subtracted",
    wrong: (s) => ({ mean: minus(termsOf(s).mean), variance: minus(termsOf(s).variance) }),
  },
  {
    says: "ρ is a factor of dX̂ alone: it is missing in the terms of mean and variance",
    wrong: (s) => ({
      mean: s.mean(s.dXHat),
      variance: times(s.xHat, s.mean(times(s.dXHat, s.xHat))),
    }),
  },
  {
    says: "the weight is a factor of dOut alone: it is missing in the terms of mean and variance",
    wrong: (s) => ({
      mean: times(s.rho, s.mean(s.dOut)),
      variance: times(s.rho, s.xHat, s.mean(times(s.dOut, s.xHat))),
    }),
  },
  {
    says: "weight and ρ are factors of dOut alone, and are missing in the other two terms",
    wrong: (s) => ({
      mean: s.mean(s.dOut),
      variance: times(s.xHat, s.mean(times(s.dOut, s.xHat))),
    }),
  },
  {
    says: "the two means have changed places: mean(dX̂) and mean(dX̂·x̂)",
    wrong: (s) => ({
      mean: times(s.rho, s.mean(times(s.dXHat, s.xHat))),
      variance: times(s.rho, s.xHat, s.mean(s.dXHat)),
    }),
  },
  {
    says: "dX is taken before the sums are complete: it needs loops of its own, behind theirs",
    wrong: (s) => ({
      mean: times(s.rho, meanSoFar(s, s.dXHat)),
      variance: times(s.rho, s.xHat, meanSoFar(s, times(s.dXHat, s.xHat))),
    }),
  },
  {
    says: "the direct term is missing: dX̂ itself, of which the other two are subtracted",
    wrong: () => ({ direct: nothing }),
  },
  { says: "ρ is missing in the direct term", wrong: (s) => ({ direct: s.dXHat }) },
  {
    says: "the weight is missing in the direct term: dOut stands for dX̂",
    wrong: (s) => ({ direct: times(s.rho, s.dOut) }),
  },
];

/** Of a pass in which x moves mean and variance. */
export const termMistakes: readonly TermMistake[] = [...ofTheMean, ...ofTheVariance, ...ofSeveral];

/** A number that is not M, and its name: `N`. */
export interface OtherCount {
  readonly name: string;
  readonly count: (s: Standardised) => number;
}

/** Means that are divided by something else than M. */
export function divisorMistakes(others: readonly OtherCount[]): readonly TermMistake[] {
  const scaled = (s: Standardised, count: number): Terms => {
    const { direct, mean, variance } = termsOf(s);
    return { direct, mean: times(s.M / count, mean), variance: times(s.M / count, variance) };
  };
  const oneLess: OtherCount = { name: "M − 1", count: ({ M }) => M - 1 };
  const twice: OtherCount = { name: "M twice", count: ({ M }) => M * M };
  const half: OtherCount = { name: "M/2", count: ({ M }) => M / 2 };
  const both = [oneLess, twice, half, ...others];
  return [
    {
      says: "the means are sums: nothing is divided by M",
      wrong: (s) => scaled(s, 1),
    },
    {
      says: "the mean's term is not divided by M",
      wrong: (s) => ({ mean: scaled(s, 1).mean }),
    },
    {
      says: "the variance's term is not divided by M",
      wrong: (s) => ({ variance: scaled(s, 1).variance }),
    },
    {
      says: "the mean's term is divided by M − 1; it has to be by M",
      wrong: (s) => ({ mean: scaled(s, s.M - 1).mean }),
    },
    {
      says: "the variance's term is divided by M − 1; it has to be by M",
      wrong: (s) => ({ variance: scaled(s, s.M - 1).variance }),
    },
    {
      says: "the mean's term is divided by M twice",
      wrong: (s) => ({ mean: scaled(s, s.M * s.M).mean }),
    },
    {
      says: "the variance's term is divided by M twice",
      wrong: (s) => ({ variance: scaled(s, s.M * s.M).variance }),
    },
    {
      says: "the direct term is divided by M too; only the sums have to be",
      wrong: (s) => ({ direct: times(1 / s.M, termsOf(s).direct) }),
    },
    ...both.map(({ name, count }) => ({
      says: `the means are divided by ${name}; it has to be by M`,
      wrong: (s: Standardised) => scaled(s, count(s)),
    })),
  ];
}

/** Means over other entries than those that were standardised together. */
export interface OtherGroup {
  /** `over the batch alone, for each pixel` */
  readonly says: string;
  readonly group: (s: Standardised) => Of;
}
