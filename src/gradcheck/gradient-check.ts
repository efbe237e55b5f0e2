/**
 * The gradient check: is what backward returns really the derivative of what forward computes?
 * Derived, with the choice of the step h, in `derivations/gradient-check.md`. Its parts stand
 * beside it.
 */
import { formatShape, type Random, reject, sameShape, Tensor } from "../tensor/index.js";
import { copyOf, type Point, type Slope, slopeAt } from "./differences.js";
import { type Differentiable, type NamedTensors, own, ravel, unravel } from "./differentiable.js";
import { type ErrorCurve, errorCurve } from "./error-curve.js";
import { explain } from "./explain.js";
import { measuredOf } from "./measured.js";
import { type GradientCheckResult, judge } from "./verdicts.js";

/** Options of {@link gradientCheck}; only `random` is required. */
export interface GradientCheckOptions {
  /** Draws the upstream gradient, and the sample. */
  readonly random: Random;
  /** The step h of the difference quotient, above 0; 1e-3 if left out. The other one is h/2. */
  readonly step?: number;
  /**
   * Where a choice flips within the step, a tenth of it is tried, and so on, as long as it is not
   * below this one; `step` if left out, so that none is tried.
   */
  readonly smallestStep?: number;
  /** The largest relative error that passes, ≥ 0; {@link LAYER_TOLERANCE} if left out. */
  readonly tolerance?: number;
  /** The input whose first axis is the batch, for hints; the first input if left out. */
  readonly batch?: string;
  /** Inputs that no gradient is expected for, such as the target of a loss. */
  readonly constants?: readonly string[];
  /** How many entries of each argument are checked, drawn at random; all of them if left out. */
  readonly sample?: number;
  /**
   * Whether the error is also measured against the step, at one entry of each argument; false if
   * left out.
   */
  readonly curves?: boolean;
  /** Whether wrong gradients are explained, by this one point; true if left out. */
  readonly hints?: boolean;
  /**
   * Names what forward computes: what was measured of it stays in memory, and checks under the same
   * name at the same point, with the same dOut, take it from there. Measured anew if left out.
   */
  readonly forward?: string;
  /** Is told after each entry how many of all are done. */
  readonly onProgress?: (done: number, total: number) => void | Promise<void>;
}

// (gradient-check.12h) h = (360·ε·|f| / |f⁽⁵⁾|)^(1/5), which is 2e-3 in float64 where f and f⁽⁵⁾
//   are of one size; a bit less, for f⁽⁵⁾ is often larger
/** The step h of the check, unless another is given. */
export const STEP = 1e-3;
/** Up to here the relative error of a layer's gradient passes. */
export const LAYER_TOLERANCE = 1e-8;
/** Beside the edge of a function's domain the step shrinks down to this. */
const SMALLEST_INSIDE = 1e-12;

/**
 * Compares the entries of every gradient that `f` returns with central differences in float64,
 * extrapolated from two steps:
 *
 *     D(h) = Σⱼ dOutⱼ · (outⱼ(xᵢ + h) − outⱼ(xᵢ − h)) / 2h        numericᵢ = (4·D(h/2) − D(h)) / 3
 *
 * dOut is random, because an upstream gradient of ones hides transposed and misplaced entries. See
 * `derivations/gradient-check.md`.
 *
 * @param inputs float64 tensors; they are changed during the check and restored, also when f throws
 * @returns one result per gradient, in the order in which `f` returns them
 * @throws InputError when an input is not float64, not contiguous or empty, or two share memory;
 *   when an option is out of range; when a gradient is missing or has not the shape of its input;
 *   when a pass changes what it is given, or forward gives two outputs for one input
 */
export async function gradientCheck(
  f: Differentiable,
  inputs: NamedTensors,
  options: GradientCheckOptions,
): Promise<GradientCheckResult[]> {
  const { step = STEP, smallestStep = step, tolerance = LAYER_TOLERANCE, sample } = options;
  checkInputs(inputs);
  checkOptions({ step, smallestStep, tolerance, sample });
  const before = new Map(Object.entries(inputs).map(([name, input]) => [name, copyOf(input)]));
  try {
    return await checkAt(f, inputs, before, { ...options, step, smallestStep, tolerance });
  } finally {
    for (const [name, values] of before) inputs[name]!.data.set(values);
  }
}

/** The check itself, at a point of which `before` is a copy. */
async function checkAt(
  f: Differentiable,
  inputs: NamedTensors,
  before: ReadonlyMap<string, Float64Array>,
  {
    random,
    step,
    smallestStep,
    tolerance,
    constants = [],
    sample,
    curves = false,
    hints = true,
    batch,
    forward,
    onProgress,
  }: GradientCheckOptions & Required<Pick<GradientCheckOptions, Steps>>,
): Promise<GradientCheckResult[]> {
  const { out, backward, choices = null } = await f(inputs);
  checkUntouched("forward", inputs, before);
  const dOut = random.uniform(out.shape, -1, 1, "float64");
  const outShape = out.shape;
  const point: Point = { f, inputs, out: copyOf(out), choices, dOut: copyOf(dOut) };
  const gradients = await backward(dOut);
  checkUntouched("backward", inputs, before);
  checkUntouched("backward", { dOut }, new Map([["dOut", point.dOut]]));
  checkGradients(gradients, inputs, constants);
  // now, since a gradient may be a view of memory that the next pass writes to
  const analytic = new Map(
    Object.entries(gradients).map(([argument, gradient]) => [argument, copyOf(gradient)]),
  );
  checkRepeats(copyOf((await f(inputs)).out), point.out, outShape);

  const chosen = new Map(
    [...analytic].map(([argument, { length }]) => [argument, drawEntries(length, sample, random)]),
  );
  const total = [...chosen.values()].reduce((sum, entries) => sum + entries.length, 0);
  let done = 0;
  const known = forward === undefined ? null : measuredOf(forward).at(point, [step, smallestStep]);
  const results: GradientCheckResult[] = [];
  for (const [argument, entries] of chosen) {
    const slopes = new Map<number, Slope>();
    for (const entry of entries) {
      const name = `${argument} ${entry}`;
      const slope = known?.get(name) ?? (await measure(point, argument, entry, step, smallestStep));
      known?.set(name, slope);
      slopes.set(entry, slope);
      await onProgress?.(++done, total);
    }
    const { shape } = inputs[argument]!;
    const result = judge(argument, shape, analytic.get(argument)!, slopes, tolerance);
    results.push(curves ? { ...result, curve: await curveOf(point, result) } : result);
  }
  return hints ? explain(results, point, outShape, step, batch) : results;
}

type Steps = "step" | "smallestStep" | "tolerance";

/**
 * The measurement with the largest of the steps that reaches no kink and stays in the function's
 * domain, or with the smallest step.
 */
async function measure(
  point: Point,
  argument: string,
  entry: number,
  step: number,
  smallestStep: number,
): Promise<Slope> {
  const slope = await slopeAt(point, argument, entry, step);
  const smaller = step / 10;
  if (slope.isOutside) return measureInside(point, argument, entry, slope);
  // Not quite, since 1e-3 divided by 10 twice may be a little less than 1e-5.
  return slope.flipped === null || smaller < 0.99 * smallestStep
    ? slope
    : measure(point, argument, entry, smaller, smallestStep);
}

/**
 * Beside the edge of its domain a function bends as sharply as the edge is near: so the step goes
 * on shrinking, once it stays inside, as long as that improves the estimate of the error.
 */
async function measureInside(
  point: Point,
  argument: string,
  entry: number,
  outside: Slope,
): Promise<Slope> {
  let best = outside;
  for (let step = outside.step / 10; step > 0.99 * SMALLEST_INSIDE; step /= 10) {
    const slope = await slopeAt(point, argument, entry, step);
    if (!best.isOutside && !(slope.errorEstimate < best.errorEstimate)) break;
    best = slope;
  }
  return best;
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
  const named = Object.entries(inputs);
  for (const [i, [name, input]] of named.entries()) {
    const other = named.slice(0, i).find(([, before]) => before.sharesMemoryWith(input));
    if (other !== undefined)
      reject(
        "gradientCheck",
        "inputs with memory of their own",
        `${other[0]} and ${name}, which share theirs`,
        "a step in one would move the other; pass a clone of it",
      );
  }
  for (const [name, input] of named) {
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

/** Neither pass may change what it is given: then the point would be another one from there on. */
function checkUntouched(
  pass: "forward" | "backward",
  inputs: NamedTensors,
  before: ReadonlyMap<string, ArrayLike<number>>,
): void {
  for (const [name, values] of before) {
    const { data, shape } = inputs[name]!;
    const entry = data.findIndex((value, i) => !Object.is(value, values[i]));
    if (entry >= 0)
      reject(
        "gradientCheck",
        `${pass} to leave ${name} as it is`,
        `${data[entry]} in place of ${values[entry]} at ${formatShape(unravel(entry, shape))}`,
        "write to a tensor of its own",
      );
  }
}

/** A function that draws anew each time has no derivative to compare with. */
function checkRepeats(again: Float64Array, first: Float64Array, shape: readonly number[]): void {
  const entry = first.findIndex((value, j) => !Object.is(value, again[j]));
  if (entry >= 0)
    reject(
      "gradientCheck",
      "forward to give the same output for the same inputs",
      `${first[entry]}, then ${again[entry]}, at ${formatShape(unravel(entry, shape))}`,
      "draw from a source with the same seed each time",
    );
}

function checkGradients(
  gradients: NamedTensors,
  inputs: NamedTensors,
  constants: readonly string[],
): void {
  for (const name of Object.keys(inputs)) {
    if (!Object.hasOwn(gradients, name) && !constants.includes(name))
      reject(
        "gradientCheck",
        `a gradient for ${name}`,
        "none",
        "backward forgot it, or it is one of `constants`",
      );
  }
  for (const [name, gradient] of Object.entries(gradients)) {
    const input =
      own(inputs, name) ??
      reject("gradientCheck", `gradients for ${Object.keys(inputs).join(", ")}`, `one for ${name}`);
    if (!(gradient instanceof Tensor) || !sameShape(gradient.shape, input.shape))
      reject(
        "gradientCheck",
        `a gradient for ${name} of shape ${formatShape(input.shape)}`,
        gradient instanceof Tensor ? formatShape(gradient.shape) : String(gradient),
      );
  }
}
