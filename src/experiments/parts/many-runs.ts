/** The runs of one setting, a seed each: all of them, their mean, and its interval. */
import type { IntervalRow, Point, Series } from "../../figures/index.js";
import { type MeanInterval, meanInterval, meanOf, pairedInterval } from "../../statistics/index.js";
import { points, shareWithInterval } from "./words.js";

/** For an interval chart. */
export function rowOfRuns(name: string, values: readonly number[]): IntervalRow {
  if (values.length < 2) return { name, values };
  const { mean, low, high } = meanInterval(values);
  return { name, values, mean, interval: [low, high] };
}

/** For a line chart: a thin line for each run, and their mean where all of them have a value. */
export function seriesOfRuns(name: string, runs: readonly (readonly Point[])[]): Series {
  const shared = Math.min(...runs.map((run) => run.length));
  const means = Array.from({ length: shared }, (_, i): Point => {
    const values = runs.map((run) => run[i]![1]);
    return [runs[0]![i]![0], meanOf(values)];
  });
  return { name, points: means, runs: runs.filter((run) => run.length > 0) };
}

/** `98.76 % [98.70, 98.81]`, or a dash where there is no run. */
export function shareOfRuns(values: readonly number[]): string {
  return values.length === 0 ? "–" : shareWithInterval(values);
}

/** What one seed came to. */
export interface Reached {
  readonly seed: number;
  readonly reached: number;
}

/**
 * How much larger the first of two settings is, by the seeds that both have; null where these are
 * fewer than two.
 */
export function pairedBySeed(
  first: readonly Reached[],
  second: readonly Reached[],
): MeanInterval | null {
  const pairs = first.flatMap(({ seed, reached }) => {
    const other = second.find((one) => one.seed === seed);
    return other === undefined ? [] : [[reached, other.reached] as const];
  });
  if (pairs.length < 2) return null;
  return pairedInterval(
    pairs.map(([one]) => one),
    pairs.map(([, other]) => other),
  );
}

/** `+0.98 [0.91, 1.05]` percentage points, or a dash where there are no pairs. */
export function pointsOrDash(difference: MeanInterval | null): string {
  return difference === null ? "–" : points(difference);
}

/** The one in the middle: of sizes over many powers of ten, a mean would be the largest one. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
