/**
 * Where the error of a central quotient turns: to the right of it the step cuts too much off, to
 * its left rounding rules.
 */
import type { ErrorAtStep, ErrorCurve } from "../gradcheck/index.js";
import { exp, log } from "../tensor/index.js";

/** A place on a curve of errors. */
export interface Turn {
  /** h */
  readonly step: number;
  /** Of the central quotient with this step. */
  readonly error: number;
}

/** What a curve of errors shows, beside what the chapter predicts. */
export interface ErrorTurn {
  /** The step with the smallest error of the central quotient; null if all are 0. */
  readonly lowest: Turn | null;
  /** Where the chapter expects it, and the error there; null for a function without curvature. */
  readonly predicted: Turn | null;
  /** By how many decades the error falls for each decade of the step, to the right of the turn. */
  readonly slopeRight: number | null;
  /** The same to its left, where it rises: below 0. */
  readonly slopeLeft: number | null;
}

/** One error rules where the step is this many times larger, or smaller, than at the turn. */
const WELL_AWAY = 6;
/** With fewer points a line says nothing. */
const FEWEST = 4;

/**
 * Looks where a curve turns, and how steep its two sides are.
 *
 * @param thirdDerivative |f‴|, 0 for none; the curve's own may be hidden by rounding in float32
 */
export function errorTurn({ points }: ErrorCurve, thirdDerivative: number): ErrorTurn {
  const known = points.filter(({ central, isKink }) => !isKink && central > 0);
  const lowest = known.reduce<ErrorAtStep | null>(
    (best, one) => (best === null || one.central < best.central ? one : best),
    null,
  );
  // ε·|f|, near enough to the point for |f| to be that of the point
  const near = points.find(({ step }) => step < 0.011)!;
  const size = near.rounding * near.step;
  // (gradient-check.11) h* = (3·ε·|f| / |f‴|)^(1/3)
  const best = exp(log((3 * size) / thirdDerivative) / 3);
  const isBent = thirdDerivative > 0 && size > 0;
  const away = (isRight: boolean): readonly ErrorAtStep[] =>
    known.filter(({ step }) =>
      isRight ? step > WELL_AWAY * best && step < 0.05 : step < best / WELL_AWAY,
    );
  return {
    lowest: lowest === null ? null : { step: lowest.step, error: lowest.central },
    // (gradient-check.12) E(h*) = 3/2 · ε·|f| / h*
    predicted: isBent ? { step: best, error: (1.5 * size) / best } : null,
    slopeRight: isBent ? slopeOf(away(true)) : null,
    slopeLeft: slopeOf(isBent ? away(false) : known),
  };
}

/** Of the line through the points on logarithmic axes, by least squares. */
function slopeOf(points: readonly ErrorAtStep[]): number | null {
  if (points.length < FEWEST) return null;
  const [x, y] = [points.map(({ step }) => log(step)), points.map(({ central }) => log(central))];
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const shared = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0);
  return shared / x.reduce((sum, value) => sum + (value - meanX) * (value - meanX), 0);
}
