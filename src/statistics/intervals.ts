/** What is known of a number that was measured a few times: 95 % intervals, and which ones. */
import { reject } from "../tensor/index.js";
import { studentBound } from "./student.js";

/** Of intervals, unless another is asked for. */
const CONFIDENCE = 0.95;
/** What a normal variable stays within, by its absolute value, with probability 0.95. */
const NORMAL_BOUND = 1.959963984540054;

/** A confidence interval, of 95 % unless another share is asked for. */
export interface Interval {
  /** Its lower end, in the unit of what was measured. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
}

/** Of the mean of several values. */
export interface MeanInterval extends Interval {
  /** Mean of the values, the middle of the interval. */
  readonly mean: number;
  /** The sample's standard deviation, with n − 1 below the line. */
  readonly deviation: number;
  /** n, how many values there were. */
  readonly count: number;
}

/**
 * The mean of independent values, such as one for each seed, and Student's interval around it: mean
 * ± t · deviation / √n.
 *
 * @param values at least two
 * @param confidence how likely such an interval holds the true mean, above 0 and below 1; 0.95 if
 *   left out
 * @throws InputError when there are fewer values, one is not finite, or the confidence is out of
 *   range
 */
export function meanInterval(
  values: readonly number[],
  confidence: number = CONFIDENCE,
): MeanInterval {
  if (values.length < 2) reject("meanInterval", "at least two values", String(values.length));
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined) reject("meanInterval", "finite values", String(bad));
  const count = values.length;
  const [first] = values as [number];
  // of equal values, rounding would leave a deviation
  const mean = values.every((value) => value === first) ? first : meanOf(values);
  const squares = values.reduce((total, value) => total + (value - mean) * (value - mean), 0);
  const deviation = Math.sqrt(squares / (count - 1));
  const half = (studentBound(confidence, count - 1) * deviation) / Math.sqrt(count);
  return { mean, deviation, count, low: mean - half, high: mean + half };
}

/**
 * How much larger the first of each pair is, in the mean: Student's interval of the differences, of
 * 95 %. Where both of a pair share a seed, and so the images and their order, what they share falls
 * out.
 *
 * @throws InputError when there are not as many of both, fewer than two, or a difference is not
 *   finite
 */
export function pairedInterval(first: readonly number[], second: readonly number[]): MeanInterval {
  if (first.length !== second.length)
    reject("pairedInterval", "pairs of values", `${first.length} and ${second.length}`);
  return meanInterval(first.map((value, i) => value - second[i]!));
}

/**
 * Where a probability may lie that gave `successes` of `trials`: Wilson's interval (1927) of 95 %,
 * which stays within 0 and 1 and holds for few trials too.
 *
 * @throws InputError unless 0 ≤ successes ≤ trials, both whole, and there is a trial
 */
export function proportionInterval(successes: number, trials: number): Interval {
  const fits = Number.isInteger(successes) && Number.isInteger(trials) && trials >= 1;
  if (!(fits && successes >= 0 && successes <= trials))
    reject("proportionInterval", "0 ≤ successes ≤ trials", `${successes} of ${trials}`);
  const share = successes / trials;
  const z2 = NORMAL_BOUND * NORMAL_BOUND;
  const middle = (share + z2 / (2 * trials)) / (1 + z2 / trials);
  const spread = Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  const half = (NORMAL_BOUND * spread) / (1 + z2 / trials);
  // at its ends the formula comes to 0 and to 1, but for rounding
  const low = successes === 0 ? 0 : Math.max(0, middle - half);
  return { low, high: successes === trials ? 1 : Math.min(1, middle + half) };
}

/**
 * The arithmetic mean.
 *
 * @throws InputError when there is no value
 */
export function meanOf(values: readonly number[]): number {
  if (values.length === 0) reject("meanOf", "at least one value", "none");
  return values.reduce((total, value) => total + value, 0) / values.length;
}
