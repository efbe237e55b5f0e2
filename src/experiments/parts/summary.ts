/** Runs of one setting as tables and figures show them: their mean and its interval. */
import type { Series } from "../../figures/index.js";
import { meanInterval, meanOf } from "../../statistics/index.js";

export interface Summary {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Student's interval at 95 %; of one value, that value. */
export function summaryOf(values: readonly number[]): Summary {
  if (values.length > 1) return meanInterval(values);
  const mean = meanOf(values);
  return { mean, low: mean, high: mean };
}

/** A line with its interval, and a thin line for each run. */
export function runsSeries(
  name: string,
  xs: readonly number[],
  /** For each run, a value for each x. */
  runs: readonly (readonly number[])[],
  /** What a value can be: an interval does not go farther. */
  [least, most]: readonly [number, number] = [-Infinity, Infinity],
): Series {
  const columns = xs.map((_, i) => summaryOf(runs.map((run) => run[i]!)));
  return {
    name,
    points: xs.map((x, i) => [x, columns[i]!.mean]),
    interval: xs.map((x, i) => {
      const { low, high } = columns[i]!;
      return [x, Math.max(least, low), Math.min(most, high)];
    }),
    runs: runs.map((run) => run.map((y, i) => [xs[i]!, y] as const)),
  };
}
