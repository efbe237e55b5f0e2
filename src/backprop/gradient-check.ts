/**
 * The gradient check: is what backward returns really the derivative of what forward computes? Derived, with the
 * choice of the step h, in `derivations/gradient-check.md`.
 */
import { formatShape, type Random, reject, sameShape, type Tensor } from "../tensor/index.js";

/** Named tensors: the arguments of a function, or the gradients with respect to them. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/**
 * A function with its derivative: from named inputs to an output, and from an upstream gradient back to all inputs. `after` holds what a layer
 * keeps from one pass to the next, as this pass leaves it.
 */
export type Differentiable = (inputs: NamedTensors) => Promise<{ readonly out: Tensor; readonly backward: (dOut: Tensor) => Promise<NamedTensors>; readonly after?: NamedTensors }>;

export interface GradientCheckOptions {
  /** Draws the upstream gradient. */
  readonly random: Random;
  /** The step h of the difference quotient. */
  readonly step?: number;
  /** The largest relative error that passes. */
  readonly tolerance?: number;
  /** Inputs that no gradient is expected for, such as the target of a loss. */
  readonly constants?: readonly string[];
}

/** What the check found for one argument. */
export interface GradientCheckResult {
  readonly argument: string;
  readonly entries: number;
  /** The largest relative error over all entries that are not kinks. */
  readonly maxRelativeError: number;
  /** Where it is, and both values there. */
  readonly worstIndex: readonly number[];
  readonly analytic: number;
  readonly numeric: number;
  /** Entries at which the function has a corner, so that it has no derivative to compare with. */
  readonly kinks: readonly (readonly number[])[];
  readonly verdict: "pass" | "fail";
}

// (gradient-check.11) h = (3·ε·|f| / |f‴|)^(1/3), which is 7e-6 in float64 where f and f‴ are of one size
const STEP = 1e-5;
const TOLERANCE = 1e-7;
/** An entry this much smaller than the argument's largest gradient is compared on that larger scale: below it rounding rules. */
const SMALLEST_SHARE = 1e-3;
/** Slopes to the left and right that differ by more than this share of the largest slope are a corner. */
const KINK = 1e-3;

/**
 * Compares every entry of every gradient that `f` returns with a central difference in float64:
 *
 *     numericᵢ = Σⱼ dOutⱼ · (outⱼ(xᵢ + h) − outⱼ(xᵢ − h)) / 2h
 *
 * dOut is random, because an upstream gradient of ones hides transposed and misplaced entries. The outputs are
 * subtracted before they are summed, so that entries which xᵢ does not reach cancel exactly.
 *
 * @param inputs float64 tensors; they are changed during the check and restored
 * @returns one result per gradient, in the order in which `f` returns them
 * @throws InputError when an input is not float64 or not contiguous, or a gradient has not the shape of its input
 */
export async function gradientCheck(f: Differentiable, inputs: NamedTensors, options: GradientCheckOptions): Promise<GradientCheckResult[]> {
  const { random, step = STEP, tolerance = TOLERANCE, constants = [] } = options;
  for (const [name, input] of Object.entries(inputs)) {
    if (input.dtype !== "float64") reject("gradientCheck", "float64 inputs", `${name} in ${input.dtype}`, "float32 cannot be checked tightly");
    if (!input.isContiguous) reject("gradientCheck", "contiguous inputs", `${name} with strides ${formatShape(input.stride)}`, "pass a clone of it");
  }
  const { out: result, backward } = await f(inputs);
  const out = result.clone(); // a copy, because a view such as flatten's would change along with the input
  const dOut = random.uniform(out.shape, -1, 1, "float64");
  const gradients = await backward(dOut);
  for (const name of Object.keys(inputs)) {
    if (!(name in gradients) && !constants.includes(name)) reject("gradientCheck", `a gradient for ${name}`, "none", "backward forgot it, or it is one of `constants`");
  }
  const results: GradientCheckResult[] = [];
  for (const [argument, gradient] of Object.entries(gradients)) {
    const input = inputs[argument];
    if (input === undefined || !sameShape(gradient.shape, input.shape)) {
      reject("gradientCheck", `a gradient for ${argument} of shape ${formatShape(input?.shape ?? [])}`, formatShape(gradient.shape));
    }
    const slopes: Slope[] = [];
    for (let i = 0; i < input.size; i++) slopes.push(await slopeAt(f, inputs, input, i, step, out, dOut));
    results.push(compare(argument, gradient, slopes, tolerance));
  }
  return results;
}

/** Difference quotients at one entry: across it, and to its left and right alone. */
interface Slope {
  readonly central: number;
  readonly left: number;
  readonly right: number;
}

async function slopeAt(f: Differentiable, inputs: NamedTensors, input: Tensor, entry: number, step: number, out: Tensor, dOut: Tensor): Promise<Slope> {
  const data = input.data;
  const x = data[entry]!;
  // (gradient-check.20) 2h → x₊ − x₋: x ± h are rounded to numbers that exist, and their true distance is what counts
  const above = x + step;
  const below = x - step;
  data[entry] = above;
  const outAbove = (await f(inputs)).out.clone();
  data[entry] = below;
  const outBelow = (await f(inputs)).out.clone();
  data[entry] = x;
  const along = (from: Tensor, to: Tensor): number => {
    let total = 0;
    for (let j = 0; j < dOut.data.length; j++) total += dOut.data[j]! * (to.data[j]! - from.data[j]!);
    return total;
  };
  return {
    // (gradient-check.13) numericᵢ = Σⱼ dOutⱼ · (outⱼ(x + h·eᵢ) − outⱼ(x − h·eᵢ)) / 2h
    central: along(outBelow, outAbove) / (above - below),
    left: along(outBelow, out) / (x - below),
    right: along(out, outAbove) / (above - x),
  };
}

function compare(argument: string, gradient: Tensor, slopes: readonly Slope[], tolerance: number): GradientCheckResult {
  const analytic = gradient.contiguous().data;
  let scale = 0; // a loop, since an argument with 100,000 entries has too many for one call of Math.max
  for (const [entry, { central }] of slopes.entries()) {
    for (const value of [Math.abs(central), Math.abs(analytic[entry]!)]) if (value > scale) scale = value; // passes over NaN
  }
  const kinks: number[][] = [];
  let worst = { error: -1, entry: 0 };
  slopes.forEach(({ central, left, right }, entry) => {
    // (gradient-check.25) |right − left| > scale/1000
    if (Math.abs(right - left) > KINK * scale) {
      kinks.push(unravel(entry, gradient.shape));
      return;
    }
    // (gradient-check.21) errorᵢ = |analyticᵢ − numericᵢ| / max(|analyticᵢ|, |numericᵢ|, scale/1000)
    const size = Math.max(Math.abs(analytic[entry]!), Math.abs(central), SMALLEST_SHARE * scale);
    const relative = size === 0 ? 0 : Math.abs(analytic[entry]! - central) / size;
    const error = Number.isNaN(relative) ? Infinity : relative;
    if (error > worst.error) worst = { error, entry };
  });
  const checked = slopes.length - kinks.length;
  return {
    argument,
    entries: slopes.length,
    maxRelativeError: checked === 0 ? Infinity : worst.error,
    worstIndex: unravel(worst.entry, gradient.shape),
    analytic: analytic[worst.entry]!,
    numeric: slopes[worst.entry]!.central,
    kinks,
    verdict: checked > 0 && worst.error <= tolerance ? "pass" : "fail",
  };
}

/** The index of entry number `entry` in row-major order. */
function unravel(entry: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = entry; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}
