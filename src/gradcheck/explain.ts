/** From a wrong gradient to a hint: gathers what the mistakes in hints.ts are recognised by. */
import { sizeOf } from "../tensor/index.js";
import { type Point, slopeAt } from "./differences.js";
import { findHint } from "./hints.js";
import type { GradientCheckResult } from "./verdicts.js";

/** More entries than this are not measured again for other upstream gradients. */
const MOST_ENTRIES = 3000;

/**
 * The same results, each wrong one with a hint where there is one to give.
 *
 * @param outShape of the output; [] for a loss
 * @param step for what has to be measured again, with another upstream gradient
 * @param batch the input whose first axis is the batch; the first one if left out
 * @param variantsOf what an argument's gradient would be for other upstream gradients, where that
 *   is known already
 */
export async function explain(
  results: readonly GradientCheckResult[],
  point: Point,
  outShape: readonly number[],
  step: number,
  batch?: string,
  variantsOf = (argument: string): Promise<Variants> =>
    upstreamVariants(point, argument, outShape, step),
): Promise<GradientCheckResult[]> {
  const ofInputs = Object.fromEntries(
    Object.entries(point.inputs).map(([name, { shape }]) => [name, shape]),
  );
  const shapes = {
    ...(batch === undefined ? {} : { [batch]: ofInputs[batch]! }),
    ...ofInputs,
    out: outShape,
  }; // the batch first
  const numeric = Object.fromEntries(
    results.map((result) => [result.argument, valuesOf(result, "numeric")]),
  );
  const explained: GradientCheckResult[] = [];
  for (const result of results) {
    const { argument, shape, verdict, checks } = result;
    // Of a sample too little is known to compare an order.
    if (verdict !== "wrong" || checks.length < sizeOf(shape)) {
      explained.push(result);
      continue;
    }
    const suspect = {
      argument,
      shape,
      analytic: valuesOf(result, "analytic"),
      numeric: numeric[argument]!,
      shapes,
      others: numeric,
    };
    // Other upstream gradients take as long as the whole check, so what can be told without them
    // comes first.
    const hint =
      findHint(suspect) ??
      (checks.length > MOST_ENTRIES
        ? null
        : findHint({
            ...suspect,
            variants: await variantsOf(argument),
          }));
    explained.push({ ...result, hint });
  }
  return explained;
}

/** NaN where there is nothing to compare with. */
function valuesOf({ checks }: GradientCheckResult, which: "analytic" | "numeric"): number[] {
  return checks.map((check) =>
    which === "numeric" && check.verdict !== "pass" && check.verdict !== "wrong"
      ? NaN
      : check[which],
  );
}

/** Gradients by what is to be said about a backward pass that returns them. */
export type Variants = Readonly<Record<string, ArrayLike<number>>>;

/**
 * The gradients that a backward would return that is right but for what it does with dOut, by what
 * is to be said about it.
 */
export async function upstreamVariants(
  point: Point,
  argument: string,
  outShape: readonly number[],
  step: number,
): Promise<Record<string, number[]>> {
  const variants: Record<string, number[]> = {};
  for (const [hint, other] of Object.entries(otherUpstreams(point.dOut, outShape))) {
    const values: number[] = [];
    for (let entry = 0; entry < point.inputs[argument]!.size; entry++) {
      const slope = await slopeAt({ ...point, dOut: other }, argument, entry, step);
      values.push(slope.flipped === null && !slope.isOutside ? slope.numeric : NaN);
    }
    variants[hint] = values;
  }
  return variants;
}

/** What a wrong backward pass may take for dOut, by what is to be said about it. */
export function otherUpstreams(
  upstream: ArrayLike<number>,
  outShape: readonly number[],
): Readonly<Record<string, readonly number[]>> {
  const [N = 1] = outShape;
  const dOut = Array.from(upstream);
  const ofImage = (n: number): number[] =>
    dOut.map((value, j) => (Math.floor(j / (dOut.length / N)) === n ? value : 0));
  return {
    "equal to the gradient for dOut = 1: the upstream gradient is not multiplied in": dOut.map(
      () => 1,
    ),
    ...(N > 1
      ? {
          "only the first entry of the batch counts: the sum over the batch is missing": ofImage(0),
          ["only the last entry of the batch counts: the sum over the batch is missing, or each " +
            "overwrites the one before"]: ofImage(N - 1),
        }
      : {}),
  };
}
