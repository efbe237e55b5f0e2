/**
 * How the error of a central difference depends on its step: too large a step cuts the series off,
 * too small a one meets the rounding.
 */
import { type Point, slopeAt } from "./differences.js";

/**
 * The error of the measurement against its step, at one entry. See `derivations/gradient-check.md`.
 */
export interface ErrorCurve {
  /** The entry's, one number per axis. */
  readonly index: readonly number[];
  /** What backward returned there: the errors are differences from it. */
  readonly analytic: number;
  /** From the largest step to the smallest. */
  readonly points: readonly ErrorAtStep[];
  /** |f‴| as the quotients show it, 0 where rounding hides it. */
  readonly thirdDerivative: number;
}

/** What the difference quotients with one step are off by. */
export interface ErrorAtStep {
  /** h, from 1e-1 down to 1e-12, four a decade. */
  readonly step: number;
  /** |D(h) − analytic| */
  readonly central: number;
  /** |(4·D(h/2) − D(h))/3 − analytic| */
  readonly extrapolated: number;
  /** ε·|f|/h, what rounding may do to D(h). */
  readonly rounding: number;
  /** Whether a choice flips within the step, or the step leaves the function's domain. */
  readonly isKink: boolean;
}

const DECADES = 11;
const FOURTH_ROOT_OF_10 = Math.sqrt(Math.sqrt(10));

/** The steps of an {@link ErrorCurve}: from 1e-1 down to 1e-12, four a decade. */
export function curveSteps(): readonly number[] {
  const steps: number[] = [];
  for (let i = 0, step = 0.1; i <= 4 * DECADES; i++, step /= FOURTH_ROOT_OF_10) steps.push(step);
  return steps;
}

/**
 * Measures one entry with the steps of {@link curveSteps}.
 *
 * @param index of the entry, one number per axis
 * @param entry its number in row-major order
 * @param analytic what backward returned there
 */
export async function errorCurve(
  point: Point,
  argument: string,
  index: readonly number[],
  entry: number,
  analytic: number,
): Promise<ErrorCurve> {
  const points: ErrorAtStep[] = [];
  let thirdDerivative: number | null = null;
  for (const step of curveSteps()) {
    const slope = await slopeAt(point, argument, entry, step);
    const { coarse, fine, numeric, rounding } = slope;
    const isKink = slope.flipped !== null || slope.isOutside;
    points.push({
      step,
      central: Math.abs(coarse - analytic),
      extrapolated: Math.abs(numeric - analytic),
      rounding: rounding / 3,
      isKink,
    });
    // (gradient-check.24c) D(h) − D(h/2) = h²/8·f‴:
    //   the first step of at most a hundredth that meets no kink
    if (thirdDerivative === null && step < 0.011 && !isKink)
      thirdDerivative =
        Math.abs(coarse - fine) > 4 * rounding ? (8 * Math.abs(coarse - fine)) / (step * step) : 0;
  }
  return { index, analytic, points, thirdDerivative: thirdDerivative ?? 0 };
}
