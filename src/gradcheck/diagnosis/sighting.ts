/** What is seen of one gradient in one geometry: what a diagnosis is made from. */
import { sizeOf } from "../../tensor/index.js";
import type { Suspect } from "../hints.js";
import type { MistakenPoint } from "../mistaken/mistaken.js";
import type { GradientCheckResult } from "../verdicts.js";

/** A gradient that was checked at a point in all of its entries. */
export interface Sighting {
  /** Where it was taken. */
  readonly point: MistakenPoint;
  /** What came back and what was measured, with all that a trace is recognised by. */
  readonly suspect: Suspect;
  /** Whether it is wrong there. */
  readonly isWrong: boolean;
}

/**
 * What one case has shown of each gradient, by argument.
 *
 * @param results of one case, those that could be compared
 */
export function sightingsAt(
  point: MistakenPoint,
  results: readonly GradientCheckResult[],
): ReadonlyMap<string, Sighting> {
  const numeric = Object.fromEntries(
    results.map((result) => [result.argument, valuesOf(result, "numeric")]),
  );
  const shapes = {
    ...Object.fromEntries(Object.entries(point.inputs).map(([name, { shape }]) => [name, shape])),
    out: point.dOut.shape,
  };
  return new Map(
    results
      .filter(({ checks, shape }) => checks.length === sizeOf(shape))
      .map((result) => {
        const { argument, shape, verdict } = result;
        const analytic = valuesOf(result, "analytic");
        const right = numeric[argument]!;
        const suspect = { argument, shape, analytic, numeric: right, shapes, others: numeric };
        return [argument, { point, suspect, isWrong: verdict === "wrong" }];
      }),
  );
}

/** NaN where there is nothing to compare with, as at a kink. */
export function valuesOf(
  { checks }: GradientCheckResult,
  which: "analytic" | "numeric",
): readonly number[] {
  return checks.map((check) =>
    which === "numeric" && check.verdict !== "pass" && check.verdict !== "wrong"
      ? NaN
      : check[which],
  );
}
