/** How a speed is measured: after a warm-up, several times, and the median counts. */

/** How long one figure may take. */
export interface Effort {
  /** Runs are repeated for this long … */
  readonly seconds: number;
  /** … but at least this often, a whole number ≥ 1. */
  readonly leastRounds: number;
}

/** A minute or two for all figures of `leibniz bench`. */
export const thoroughEffort: Effort = { seconds: 0.7, leastRounds: 3 };
/** Some seconds for all figures, with `--quick`. */
export const quickEffort: Effort = { seconds: 0.08, leastRounds: 1 };

/**
 * The share of the time that goes by before anything counts, while engines compile what they find
 * to be hot.
 */
const WARM_UP = 0.3;

/**
 * The median time of a run, in seconds.
 *
 * @param run is awaited, and must not depend on how often it was called
 * @param before is called before each run and not timed
 * @param first has been run already, say to look at its result, and took so many seconds of the
 *   warm-up
 * @throws what `run` throws
 */
export async function medianSeconds(
  run: () => unknown,
  { seconds, leastRounds }: Effort,
  before: () => void = () => {},
  first = 0,
): Promise<number> {
  const warmUntil = performance.now() + 1000 * (WARM_UP * seconds - first);
  for (let warm = first > 0; !warm || performance.now() < warmUntil; warm = true) await run();
  const times: number[] = [];
  const until = performance.now() + 1000 * seconds;
  while (times.length < leastRounds || performance.now() < until) {
    before();
    const started = performance.now();
    await run();
    times.push((performance.now() - started) / 1000);
  }
  return median(times);
}

/**
 * The middle one of some numbers, or the mean of the middle two.
 *
 * @throws Error when there is none
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error("median: expected at least one number, got none");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
