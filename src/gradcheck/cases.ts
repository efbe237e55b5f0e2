/** Layer after layer, case after case: the one loop over the catalog. */
import type { Random, Tensor } from "../tensor/index.js";
import { adjointCheck } from "./adjoint.js";
import type { CatalogCase, CatalogEntry } from "./catalog/index.js";
import type { Differentiable } from "./differentiable.js";
import { gradientCheck, LAYER_TOLERANCE } from "./gradient-check.js";
import type { AdjointResult, GradientCheckResult } from "./verdicts.js";

/** A case of the catalog by its name, `fixed 2` or `random 7`. */
export interface NamedCase extends CatalogCase {
  /** `fixed 2` or `random 7`, both counted from 1. */
  readonly name: string;
  /** Whether it was drawn by `sample`, and not chosen. */
  readonly isRandom: boolean;
}

/** What the checks of one argument came to. */
export interface CheckedGradient {
  /** Backward against differences of forward. */
  readonly result: GradientCheckResult;
  /** For arguments in which the layer is linear, where it was asked for. */
  readonly adjoint: AdjointResult | null;
}

/** A case, and what the checks in it came to. */
export interface CheckedCase extends NamedCase {
  /** The upstream gradient that it was checked with. */
  readonly dOut: Tensor;
  /** One for each gradient. */
  readonly gradients: readonly CheckedGradient[];
}

/**
 * The fixed cases of a layer, then random ones. Float64.
 *
 * @param random draws the inputs of the fixed ones
 * @param samples how many random ones
 * @param ofSamples draws these, geometry and inputs; `random` if left out
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

/** Options of {@link checkCase} and {@link checkCases}. */
export interface CheckCaseOptions {
  /** Draws the upstream gradients. */
  readonly random: Random;
  /** Whether the adjoints are checked as well, where the layer is linear; false if left out. */
  readonly adjoints?: boolean;
  /**
   * Whether the error is also measured against the step, which `checkCases` does in the fixed cases
   * only; false if left out.
   */
  readonly curves?: boolean;
  /** See {@link GradientCheckOptions}. */
  readonly hints?: boolean;
  /** See {@link GradientCheckOptions}; of the layer's file, whatever the layer and its options. */
  readonly forward?: string;
  /**
   * What stands between the layer and the check, such as a planted mistake; nothing if left out.
   */
  readonly around?: (layer: Differentiable) => Differentiable;
}

/**
 * Checks every gradient of one layer in one case, on the reference backend, with
 * {@link LAYER_TOLERANCE}.
 *
 * @returns one result for each gradient
 * @throws InputError as {@link gradientCheck}
 */
export async function checkCase(
  entry: CatalogEntry,
  one: CatalogCase,
  options: CheckCaseOptions,
): Promise<readonly CheckedGradient[]> {
  return (await checkAt(entry, one, options)).gradients;
}

async function checkAt(
  { layer: name, differentiable, constants = [], linear = [] }: CatalogEntry,
  { options, inputs }: CatalogCase,
  {
    random,
    adjoints = false,
    curves = false,
    hints = true,
    forward,
    around = (layer) => layer,
  }: CheckCaseOptions,
): Promise<Pick<CheckedCase, "gradients" | "dOut">> {
  const layer = around(differentiable(options));
  let dOut: Tensor | null = null;
  const f: Differentiable = async (given) => {
    const pass = await layer(given);
    return {
      ...pass,
      backward: (upstream) => {
        dOut ??= upstream.clone();
        return pass.backward(upstream);
      },
    };
  };
  const checked: CheckedGradient[] = [];
  for (const result of await gradientCheck(f, inputs, {
    random,
    constants,
    tolerance: LAYER_TOLERANCE,
    curves,
    hints,
    ...(forward === undefined ? {} : { forward: JSON.stringify([name, options, forward]) }),
  })) {
    const { argument } = result;
    const isLinear = adjoints && linear.includes(argument);
    const adjoint = isLinear ? await adjointCheck(f, inputs, argument, random) : null;
    checked.push({ result, adjoint });
  }
  return { gradients: checked, dOut: dOut! };
}

/**
 * Checks one case after the other, each when it is asked for.
 *
 * @throws InputError as {@link gradientCheck}
 */
export async function* checkCases(
  entry: CatalogEntry,
  cases: readonly NamedCase[],
  { curves = false, ...options }: CheckCaseOptions,
): AsyncGenerator<CheckedCase> {
  for (const one of cases) {
    const withCurves = curves && !one.isRandom;
    yield { ...one, ...(await checkAt(entry, one, { ...options, curves: withCurves })) };
  }
}
