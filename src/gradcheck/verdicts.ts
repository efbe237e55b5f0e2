/**
 * What the difference between backward's value and the measured one says: right, wrong, or nothing.
 * Every verdict of the gradient check is given here.
 */
import type { Slope } from "./differences.js";
import { unravel } from "./differentiable.js";
import type { ErrorCurve } from "./error-curve.js";

/**
 * - `pass`   both values agree
 * - `kink`   the function has a corner within the step, so that there is no derivative to compare
 *   with
 * - `domain` within every step that was tried the function returns no finite number, as the
 *   logarithm does beyond 0, so that there is nothing to measure
 * - `noise`  they differ by more than the tolerance, but the measurement is not good enough to
 *   blame backward
 * - `wrong`  they differ by more than the tolerance and by more than the measurement can be off
 *
 * An argument is wrong if one of its entries is. It passes if none is and at least half of them
 * pass; otherwise it is what most of the others are.
 */
export type Verdict = "pass" | "kink" | "domain" | "noise" | "wrong";

/** What the check found at one entry. */
export interface EntryCheck {
  /** One number per axis of the argument. */
  readonly index: readonly number[];
  /** What backward returned. */
  readonly analytic: number;
  /**
   * The derivative as it was measured: extrapolated from the quotients with the steps h and h/2.
   */
  readonly numeric: number;
  /** h, the step that was measured with. */
  readonly step: number;
  /** D(h), the central difference quotient. */
  readonly coarse: number;
  /** D(h/2). */
  readonly fine: number;
  /** How far off `numeric` may be. */
  readonly errorEstimate: number;
  /**
   * (gradient-check.21): |analytic − numeric|, relative to the larger of the two, or to a
   * thousandth of the argument's largest gradient where that is more. Infinity where either is NaN.
   */
  readonly relativeError: number;
  /** Of this entry alone. */
  readonly verdict: Verdict;
  /** At a kink, the choice that changes within the step, where the function names its choices. */
  readonly flipped: string | null;
}

/** What the check found for one argument. */
export interface GradientCheckResult {
  /** The input whose gradient it is: `weight`. */
  readonly argument: string;
  /** Of the argument and its gradient. */
  readonly shape: readonly number[];
  /** How many entries were checked: all, unless a sample was asked for. */
  readonly entries: number;
  /**
   * The largest relative error over all entries that could be judged: those that pass or are wrong.
   * Infinity if there is none.
   */
  readonly maxRelativeError: number;
  /** Where it is, one number per axis. */
  readonly worstIndex: readonly number[];
  /** What backward returned there. */
  readonly analytic: number;
  /** What was measured there. */
  readonly numeric: number;
  /** How far off the measurement may be there. */
  readonly errorEstimate: number;
  /** Entries at which the function has a corner. */
  readonly kinks: readonly (readonly number[])[];
  /** Entries from which every step leaves the function's domain. */
  readonly outside: readonly (readonly number[])[];
  /** Entries at which the measurement is too imprecise to tell. */
  readonly noise: readonly (readonly number[])[];
  /** Of the argument, by those of its entries: see {@link Verdict}. */
  readonly verdict: Verdict;
  /** What a wrong gradient looks like, where that can be told. */
  readonly hint: string | null;
  /**
   * The error against the step, at the worst entry that is not exact; null unless it was asked for.
   */
  readonly curve: ErrorCurve | null;
  /** Every entry that was checked, in row-major order. */
  readonly checks: readonly EntryCheck[];
}

/**
 * An entry this much smaller than the argument's largest gradient is compared on that larger scale:
 * below it rounding rules.
 */
const SMALLEST_SHARE = 1e-3;
/**
 * Where the function does not name its choices, a departure from smoothness by more than this share
 * of the scale is a corner.
 */
const CORNER = 1e-3;
/**
 * An error estimate is not a bound: only a difference of more than this many of them is blamed on
 * backward.
 */
const ESTIMATES = 4;

/**
 * Compares one gradient with what was measured of it, entry by entry.
 *
 * @param analytic backward's gradient, all entries
 * @param slopes what was measured, by the number of the entry
 * @param tolerance the largest relative error that passes
 */
export function judge(
  argument: string,
  shape: readonly number[],
  analytic: ArrayLike<number>,
  slopes: ReadonlyMap<number, Slope>,
  tolerance: number,
): GradientCheckResult {
  // a loop, since an argument with 100,000 entries has too many for one call of Math.max
  let scale = 0;
  for (let i = 0; i < analytic.length; i++) {
    for (const value of [Math.abs(analytic[i]!), Math.abs(slopes.get(i)?.numeric ?? 0)])
      if (value > scale) scale = value; // passes over NaN
  }
  const checks = [...slopes].map(([entry, slope]) =>
    judgeEntry(unravel(entry, shape), analytic[entry]!, slope, scale, tolerance),
  );
  const those = (wanted: Verdict): EntryCheck[] =>
    checks.filter(({ verdict }) => verdict === wanted);
  const [kinks, outside, noise] = [those("kink"), those("domain"), those("noise")];
  const judged = checks.filter(({ verdict }) => verdict === "pass" || verdict === "wrong");
  const worst = (judged.length > 0 ? judged : checks).reduce((largest, check) =>
    check.relativeError > largest.relativeError ? check : largest,
  );
  return {
    argument,
    shape,
    entries: checks.length,
    maxRelativeError: judged.length === 0 ? Infinity : worst.relativeError,
    worstIndex: worst.index,
    analytic: worst.analytic,
    numeric: worst.numeric,
    errorEstimate: worst.errorEstimate,
    kinks: kinks.map(({ index }) => index),
    outside: outside.map(({ index }) => index),
    noise: noise.map(({ index }) => index),
    verdict: ((): Verdict => {
      if (those("wrong").length > 0) return "wrong";
      if (those("pass").length >= checks.length / 2) return "pass";
      const most = Math.max(kinks.length, outside.length, noise.length);
      return kinks.length === most ? "kink" : outside.length === most ? "domain" : "noise";
    })(),
    hint: null,
    curve: null,
    checks,
  };
}

function judgeEntry(
  index: readonly number[],
  analytic: number,
  { step, coarse, fine, numeric, errorEstimate, isOutside, flipped, corner }: Slope,
  scale: number,
  tolerance: number,
): EntryCheck {
  const difference = Math.abs(analytic - numeric);
  // (gradient-check.21) errorᵢ = |analyticᵢ − numericᵢ| / max(|analyticᵢ|, |numericᵢ|, scale/1000)
  const size = Math.max(Math.abs(analytic), Math.abs(numeric), SMALLEST_SHARE * scale);
  const relative = size === 0 ? 0 : difference / size;
  const relativeError = Number.isNaN(relative) ? Infinity : relative;
  const verdict = ((): Verdict => {
    if (isOutside) return "domain";
    // (gradient-check.25) corner > scale/1000
    if (flipped !== null || corner > CORNER * scale) return "kink";
    if (relativeError <= tolerance) return "pass";
    // (gradient-check.21a) |analyticᵢ − numericᵢ| > 4·estimateᵢ
    return errorEstimate === Infinity || difference <= ESTIMATES * errorEstimate
      ? "noise"
      : "wrong";
  })();
  return {
    index,
    analytic,
    numeric,
    step,
    coarse,
    fine,
    errorEstimate,
    relativeError,
    verdict,
    flipped,
  };
}

/** What a comparison of forward with backward as adjoints came to, for one argument. */
export interface AdjointResult {
  /** The input that was moved: `weight`. */
  readonly argument: string;
  /** ⟨f(x + v) − f(x), u⟩ */
  readonly forward: number;
  /** ⟨v, backward(u)⟩ */
  readonly backward: number;
  /**
   * Their difference, relative to the sum of the absolute values of the products that they add up.
   */
  readonly relativeError: number;
  /** "pass" up to a relative error of 1e-12. */
  readonly verdict: "pass" | "wrong";
}

/** Sums of a few hundred products, each rounded: some ε, and far from a wrong digit. */
const ADJOINT_TOLERANCE = 1e-12;

/**
 * Compares the two inner products of an adjoint.
 *
 * @param forward ⟨f(x + v) − f(x), u⟩
 * @param backward ⟨v, backward(u)⟩
 * @param size the sum of the absolute values of the products
 */
export function judgeAdjoint(
  argument: string,
  forward: number,
  backward: number,
  size: number,
): AdjointResult {
  const relative = size === 0 ? 0 : Math.abs(forward - backward) / size;
  const relativeError = Number.isNaN(relative) ? Infinity : relative;
  const verdict = relativeError <= ADJOINT_TOLERANCE ? "pass" : "wrong";
  return { argument, forward, backward, relativeError, verdict };
}

/**
 * The verdict over an argument where both were asked: both must pass. A wrong adjoint makes it
 * wrong.
 */
export function verdictOf({
  result,
  adjoint,
}: {
  readonly result: GradientCheckResult;
  readonly adjoint: AdjointResult | null;
}): Verdict {
  return adjoint?.verdict === "wrong" ? "wrong" : result.verdict;
}
