/** The V: how the error of a difference quotient falls with its step, and rises again. */
import { lineChart, type Point } from "../../figures/index.js";
import type { ErrorAtStep, ErrorCurve } from "../../gradcheck/index.js";

/** Larger errors are drawn at the edge; smaller ones leave a gap, as does an error of 0. */
const ERRORS = [1e-17, 10] as const;
const STEPS = [1e-12, 1e-1] as const;

/**
 * @param steps the two steps that the check used: h and h/2
 * @param where the entry, for people: `dX at [0, 1]`
 */
export function curvePlot(
  { analytic, points, thirdDerivative }: ErrorCurve,
  steps: readonly [number, number],
  where: string,
): string {
  const size = Math.abs(analytic) > 0 ? Math.abs(analytic) : 1;
  const relative = (error: number): number =>
    Number.isFinite(error) ? Math.min(ERRORS[1], error / size) : ERRORS[1];
  const along = (errorAt: (point: ErrorAtStep) => number): Point[] =>
    points
      .filter(({ step }) => step >= STEPS[0] && step <= STEPS[1])
      .map((point): Point => [point.step, relative(errorAt(point))])
      // an error of 0 has no place on a logarithmic axis
      .map(([step, error]): Point => [step, error < ERRORS[0] ? Number.NaN : error]);
  const kinks = points
    .filter(({ isKink }) => isKink)
    .map(
      ({ step, central }) => [step, relative(central), "a choice flips within this step"] as const,
    );
  return lineChart({
    title: `Relative error of ${where} against the step`,
    description:
      "Both axes are logarithmic. Where backward is right, the error of the central quotient " +
      "falls with the square of the step, down to where rounding takes over.",
    width: 380,
    height: 210,
    x: { label: "step h", scale: "log", domain: STEPS },
    y: { label: "relative error", scale: "log", domain: ERRORS },
    series: [
      { name: "D(h)", points: along(({ central }) => central) },
      { name: "(4·D(h/2) − D(h))/3", points: along(({ extrapolated }) => extrapolated) },
      // (gradient-check.9) E(h) = h²/6·|f‴| + ε·|f|/h, each summand a straight line here
      { name: "ε·|f|/h", points: along(({ rounding }) => rounding), isGuide: true },
      ...(thirdDerivative > 0
        ? [
            {
              name: "h²/6·|f‴|",
              points: along(({ step }) => (step * step * thirdDerivative) / 6),
              isGuide: true,
            },
          ]
        : []),
      ...(kinks.length > 0 ? [{ name: "a choice flips", dots: kinks }] : []),
    ],
    rules: steps.map((at) => ({ axis: "x" as const, at, name: "steps of the check, h and h/2" })),
  });
}
