/** Layer after layer, case after case: the one loop over the catalog. */
import type { Random } from "../tensor/index.js";
import { adjointCheck } from "./adjoint.js";
import type { CatalogCase, CatalogEntry } from "./catalog/index.js";
import type { Differentiable } from "./differentiable.js";
import { gradientCheck, LAYER_TOLERANCE } from "./gradient-check.js";
import type { AdjointResult, GradientCheckResult } from "./verdicts.js";

/** A case of the catalog by its name, `fixed 2` or `random 7`. */
export interface NamedCase extends CatalogCase {
  readonly name: string;
  readonly isRandom: boolean;
}

/** What the checks of one argument came to. */
export interface CheckedGradient {
  readonly result: GradientCheckResult;
  /** For arguments in which the layer is linear, where it was asked for. */
  readonly adjoint: AdjointResult | null;
}

export interface CheckedCase extends NamedCase {
  /** One for each gradient. */
  readonly gradients: readonly CheckedGradient[];
}

/**
 * The fixed cases of a layer, then random ones.
 *
 * @param samples how many random ones
 * @param ofSamples draws these
 */
export function casesOf(
  { cases, sample }: CatalogEntry,
  random: Random,
  samples: number,
  ofSamples: Random = random,
): NamedCase[] {
  const fixed = cases(random);
  const drawn = Array.from({ length: samples }, () => sample(ofSamples));
  return [
    ...fixed.map((one, i) => ({ ...one, name: `fixed ${i + 1}`, isRandom: false })),
    ...drawn.map((one, i) => ({ ...one, name: `random ${i + 1}`, isRandom: true })),
  ];
}

export interface CheckCaseOptions {
  /** Draws the upstream gradients. */
  readonly random: Random;
  /** Whether the adjoints are checked as well. */
  readonly adjoints?: boolean;
  /** Whether the error is also measured against the step, in the fixed cases. */
  readonly curves?: boolean;
  /** What stands between the layer and the check. */
  readonly around?: (layer: Differentiable) => Differentiable;
}

/** Checks every gradient of one layer in one case. */
export async function checkCase(
  { differentiable, constants = [], linear = [] }: CatalogEntry,
  { options, inputs }: CatalogCase,
  { random, adjoints = false, curves = false, around = (layer) => layer }: CheckCaseOptions,
): Promise<CheckedGradient[]> {
  const f = around(differentiable(options));
  const checked: CheckedGradient[] = [];
  for (const result of await gradientCheck(f, inputs, {
    random,
    constants,
    tolerance: LAYER_TOLERANCE,
    curves,
  })) {
    const { argument } = result;
    const isLinear = adjoints && linear.includes(argument);
    const adjoint = isLinear ? await adjointCheck(f, inputs, argument, random) : null;
    checked.push({ result, adjoint });
  }
  return checked;
}

/** Checks one case after the other. */
export async function* checkCases(
  entry: CatalogEntry,
  cases: readonly NamedCase[],
  { curves = false, ...options }: CheckCaseOptions,
): AsyncGenerator<CheckedCase> {
  for (const one of cases) {
    const withCurves = curves && !one.isRandom;
    yield { ...one, gradients: await checkCase(entry, one, { ...options, curves: withCurves }) };
  }
}
