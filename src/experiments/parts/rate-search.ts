/** Finds a learning rate by the validation images, for whatever is to be compared fairly. */
import { CHANCE } from "./at-the-end.js";
import { type Measurement, ofSetting, seedsUpTo, type Unit } from "../experiment.js";

/** All rates there are to try: three to a power of ten are too many, one is too few. */
const RATES = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

export interface RateSearch<Options, Values> {
  /** Are tried first, in rising order. With one alone there is nothing to search. */
  readonly start: readonly number[];
  readonly unit: (rate: number) => Unit<Options>;
  /** A share, the higher, the better; of equals the lowest rate is taken. */
  readonly accuracy: (values: Values) => number;
}

/**
 * What is measured to find a rate, and the best one once all of that is done. While the best is
 * the lowest or the highest that was tried, the next one in that direction is tried, too; while
 * none is better than a guess, and the best therefore chosen by chance, the next ones in both.
 */
export function searchRate<Options, Values>(
  done: readonly Measurement<Options, Values>[],
  { start, unit, accuracy }: RateSearch<Options, Values>,
): { units: Unit<Options>[]; rate: number | null } {
  const tried = [...start];
  for (;;) {
    const units = tried.map(unit);
    const scores = units.map(({ setting, seed }) => {
      const found = ofSetting(done, setting).find((one) => one.seed === seed);
      return found === undefined ? null : accuracy(found.values);
    });
    if (scores.some((one) => one === null)) return { units, rate: null };
    const best = Math.max(...(scores as number[]));
    const rate = Math.min(...tried.filter((_, i) => scores[i] === best));
    if (tried.length === 1) return { units, rate };
    const next = best < CHANCE ? around(tried) : beyond(rate, tried);
    if (next.length === 0) return { units, rate };
    tried.push(...next);
  }
}

/** What a search decides. */
interface Found {
  readonly isSearch: boolean;
  readonly learningRate: number;
}

/** Accuracies after each epoch, and why there are no more of them. */
interface TrainedTo {
  readonly testAccuracy: readonly number[];
  readonly stopped: string | null;
}

/** A setting that is measured with the rate that its search has found. */
export interface Searched<Options> {
  readonly setting: string;
  readonly options: Omit<Options, keyof Found>;
  readonly units: readonly Unit<Options>[];
  readonly rate: number | null;
}

/** A setting with all of its options but the rate, which is searched among these and beyond. */
export function searchOf<Options extends Found, Values extends TrainedTo>(
  done: readonly Measurement<Options, Values>[],
  setting: string,
  options: Omit<Options, keyof Found>,
  rates: readonly number[],
): Searched<Options> {
  const found = searchRate(done, {
    start: rates,
    unit: (learningRate): Unit<Options> => {
      const tried: Found = { isSearch: true, learningRate };
      return {
        setting: `search: ${setting}, rate ${learningRate}`,
        seed: 0,
        options: { ...options, ...tried } as Options,
      };
    },
    accuracy: ({ testAccuracy, stopped }) => (stopped === null ? testAccuracy.at(-1)! : 0),
  });
  return { setting, options, ...found };
}

/** The units of all searches, and as soon as every rate is found, those that it is for. */
export function searchedUnits<Options extends Found>(
  searches: readonly Searched<Options>[],
  seeds: number,
): Unit<Options>[] {
  const units = searches.flatMap((search) => search.units);
  if (searches.some(({ rate }) => rate === null)) return units;
  const finals = searches.flatMap(({ setting, options, rate }) =>
    seedsUpTo(seeds).map((seed): Unit<Options> => {
      const found: Found = { isSearch: false, learningRate: rate! };
      return { setting, seed, options: { ...options, ...found } as Options };
    }),
  );
  return [...units, ...finals];
}

/** The rate beyond one that is the lowest or the highest so far. */
function beyond(rate: number, tried: readonly number[]): number[] {
  return around(tried).filter((next) =>
    next > rate ? rate === Math.max(...tried) : rate === Math.min(...tried),
  );
}

/** The next lower rate, and the next higher one, as far as there are any. */
function around(tried: readonly number[]): number[] {
  const [lowest, highest] = [Math.min, Math.max].map((of) => RATES.indexOf(of(...tried)));
  return [RATES[lowest! - 1], RATES[highest! + 1]].filter((rate) => rate !== undefined);
}
