/**
 * The gradient check: is what backward returns really the derivative of what forward computes?
 * Derived, with the choice of the step h, in `derivations/gradient-check.md`. Its parts are in the
 * folder of the same name.
 */
import { formatShape, type Random, reject, sameShape } from "../tensor/index.js";
import { copyOf, type Point, type Slope, slopeAt } from "./gradient-check/differences.js";
import { type Differentiable, type NamedTensors, ravel } from "./gradient-check/differentiable.js";
import { type ErrorCurve, errorCurve } from "./gradient-check/error-curve.js";
import { explain } from "./gradient-check/explain.js";
import { type GradientCheckResult, judge } from "./gradient-check/verdicts.js";

export { adjointCheck, type AdjointResult } from "./gradient-check/adjoint.js";
export type { Choices, Differentiable, NamedTensors } from "./gradient-check/differentiable.js";
export type { ErrorAtStep, ErrorCurve } from "./gradient-check/error-curve.js";
export { findHint, type Suspect } from "./gradient-check/hints.js";
export type { EntryCheck, GradientCheckResult, Verdict } from "./gradient-check/verdicts.js";
export { gradientName } from "./gradient-check/verdicts.js";

export interface GradientCheckOptions {
  /** Draws the upstream gradient, and the sample. */
  readonly random: Random;
  /** The step h of the difference quotient; the other one is h/2. */
  readonly step?: number;
  /**
   * Where a choice flips within the step, a tenth of it is tried, and so on, as long as it is not
   * below this one.
   */
  readonly smallestStep?: number;
  /** The largest relative error that passes. */
  readonly tolerance?: number;
  /** The input whose first axis is the batch, for hints; the first input if left out. */
  readonly batch?: string;
  /** Inputs that no gradient is expected for, such as the target of a loss. */
  readonly constants?: readonly string[];
  /** How many entries of each argument are checked, drawn at random; all of them if left out. */
  readonly sample?: number;
  /** Whether the error is also measured against the step, at one entry of each argument. */
  readonly curves?: boolean;
  /** Is told after each entry how many of all are done. */
  readonly onProgress?: (done: number, total: number) => void | Promise<void>;
}

// (gradient-check.12h) h = (360·ε·|f| / |f⁽⁵⁾|)^(1/5), which is 2e-3 in float64 where f and f⁽⁵⁾
//   are of one size; a bit less, for f⁽⁵⁾ is often larger
const STEP = 1e-3;
const TOLERANCE = 1e-8;

/**
 * Compares the entries of every gradient that `f` returns with central differences in float64,
 * extrapolated from two steps:
 *
 *     D(h) = Σⱼ dOutⱼ · (outⱼ(xᵢ + h) − outⱼ(xᵢ − h)) / 2h        numericᵢ = (4·D(h/2) − D(h)) / 3
 *
 * dOut is random, because an upstream gradient of ones hides transposed and misplaced entries.
 *
 * @param inputs float64 tensors; they are changed during the check and restored
 * @returns one result per gradient, in the order in which `f` returns them
 * @throws InputError when an input is not float64 or not contiguous, or a gradient has not the
 *   shape of its input
 */
export async function gradientCheck(
  f: Differentiable,
  inputs: NamedTensors,
  options: GradientCheckOptions,
): Promise<GradientCheckResult[]> {
  const {
    random,
    step = STEP,
    smallestStep = step,
    tolerance = TOLERANCE,
    constants = [],
    sample,
    curves = false,
    batch,
    onProgress,
  } = options;
  checkInputs(inputs);
  checkOptions({ step, smallestStep, tolerance, sample });
  const { out, backward, choices = null } = await f(inputs);
  const dOut = random.uniform(out.shape, -1, 1, "float64");
  const point: Point = { f, inputs, out: copyOf(out), choices, dOut: dOut.data };
  const outShape = out.shape;
  const gradients = await backward(dOut);
  checkGradients(gradients, inputs, constants);

  const chosen = new Map(
    Object.keys(gradients).map((argument) => [
      argument,
      drawEntries(inputs[argument]!.size, sample, random),
    ]),
  );
  const total = [...chosen.values()].reduce((sum, entries) => sum + entries.length, 0);
  let done = 0;
  const results: GradientCheckResult[] = [];
  for (const [argument, entries] of chosen) {
    const slopes = new Map<number, Slope>();
    for (const entry of entries) {
      slopes.set(entry, await slopeWithoutKink(point, argument, entry, step, smallestStep));
      await onProgress?.(++done, total);
    }
    const result = judge(
      argument,
      inputs[argument]!.shape,
      copyOf(gradients[argument]!),
      slopes,
      tolerance,
    );
    results.push(curves ? { ...result, curve: await curveOf(point, result) } : result);
  }
  return explain(results, point, outShape, step, batch);
}

/**
 * The measurement with the largest of the steps that reaches no kink, or with the smallest step.
 */
async function slopeWithoutKink(
  point: Point,
  argument: string,
  entry: number,
  step: number,
  smallestStep: number,
): Promise<Slope> {
  const slope = await slopeAt(point, argument, entry, step);
  const smaller = step / 10;
  // Not quite, since 1e-3 divided by 10 twice may be a little less than 1e-5.
  return slope.flipped === null || smaller < 0.99 * smallestStep
    ? slope
    : slopeWithoutKink(point, argument, entry, smaller, smallestStep);
}

/** At the worst entry; if even that one is exact, at the largest. */
function curveOf(
  point: Point,
  { argument, shape, checks, worstIndex, analytic, maxRelativeError }: GradientCheckResult,
): Promise<ErrorCurve> {
  const largest = checks.reduce((best, check) =>
    Math.abs(check.analytic) > Math.abs(best.analytic) ? check : best,
  );
  const shown = maxRelativeError > 0 ? { index: worstIndex, analytic } : largest;
  return errorCurve(point, argument, shown.index, ravel(shown.index, shape), shown.analytic);
}

/** The numbers of the entries to check, in ascending order. */
function drawEntries(
  size: number,
  sample: number | undefined,
  random: Random,
): ArrayLike<number> & Iterable<number> {
  const all = Uint32Array.from({ length: size }, (_, entry) => entry);
  return sample === undefined || sample >= size
    ? all
    : random.permutation(size).slice(0, sample).sort();
}

function checkInputs(inputs: NamedTensors): void {
  for (const [name, input] of Object.entries(inputs)) {
    if (input.dtype !== "float64")
      reject(
        "gradientCheck",
        "float64 inputs",
        `${name} in ${input.dtype}`,
        "float32 cannot be checked tightly",
      );
    if (input.size === 0)
      reject(
        "gradientCheck",
        "inputs with at least one entry",
        `${name} of shape ${formatShape(input.shape)}`,
      );
    if (!input.isContiguous)
      reject(
        "gradientCheck",
        "contiguous inputs",
        `${name} with strides ${formatShape(input.stride)}`,
        "pass a clone of it",
      );
  }
}

function checkOptions({
  step,
  smallestStep,
  tolerance,
  sample = 1,
}: {
  step: number;
  smallestStep: number;
  tolerance: number;
  sample: number | undefined;
}): void {
  for (const [name, value] of Object.entries({ step, smallestStep })) {
    if (!(Number.isFinite(value) && value > 0))
      reject("gradientCheck", `${name} to be a finite number above 0`, String(value));
  }
  if (!(Number.isFinite(tolerance) && tolerance >= 0))
    reject("gradientCheck", "tolerance to be a finite number ≥ 0", String(tolerance));
  if (!(Number.isSafeInteger(sample) && sample >= 1))
    reject("gradientCheck", "sample to be a whole number ≥ 1", String(sample));
}

function checkGradients(
  gradients: NamedTensors,
  inputs: NamedTensors,
  constants: readonly string[],
): void {
  for (const name of Object.keys(inputs)) {
    if (!(name in gradients) && !constants.includes(name))
      reject(
        "gradientCheck",
        `a gradient for ${name}`,
        "none",
        "backward forgot it, or it is one of `constants`",
      );
  }
  for (const [name, gradient] of Object.entries(gradients)) {
    const input = inputs[name];
    if (input === undefined || !sameShape(gradient.shape, input.shape)) {
      reject(
        "gradientCheck",
        `a gradient for ${name} of shape ${formatShape(input?.shape ?? [])}`,
        formatShape(gradient.shape),
      );
    }
  }
}
