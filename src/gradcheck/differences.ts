/**
 * The numeric derivative: central differences at two steps, what both together say about the limit,
 * and how far off that may be.
 *
 *   f   Σⱼ dOutⱼ · outⱼ, a function of one entry x of one argument      h   the step      ε   2⁻⁵³
 *   D(h)   the central quotient with step h
 */
import type { Choices } from "../backprop/index.js";
import type { Tensor } from "../tensor/index.js";
import { flipped } from "./flips.js";
import type { Differentiable, NamedTensors } from "./differentiable.js";

/** The largest relative error of one rounding. */
const EPSILON = { float64: 1 / 2 ** 53, float32: 1 / 2 ** 24 };

/** A function at a point, and the upstream gradient that makes one number of its output. */
export interface Point {
  /** What is differentiated. */
  readonly f: Differentiable;
  /**
   * Contiguous; an entry is changed during a measurement and restored after it. In float64, unless
   * somebody wants to see what float32 does.
   */
  readonly inputs: NamedTensors;
  /** A copy of the output there. */
  readonly out: Float64Array;
  /** What is chosen there; null where the function does not say. */
  readonly choices: readonly Choices[] | null;
  /** The upstream gradient, row-major. */
  readonly dOut: ArrayLike<number>;
}

/** What was measured at one entry. */
export interface Slope {
  /** The step h. */
  readonly step: number;
  /** D(h) */
  readonly coarse: number;
  /** D(h/2) */
  readonly fine: number;
  /** What both extrapolate to. */
  readonly numeric: number;
  /** How far off `numeric` may be. */
  readonly errorEstimate: number;
  /** The share of it that rounding has. */
  readonly rounding: number;
  /** Whether the step leaves the domain: an output is finite at the point, and not a step away. */
  readonly isOutside: boolean;
  /**
   * Which choices change within the step: then there is a kink. Null for none, or where the
   * function does not say.
   */
  readonly flipped: string | null;
  /**
   * How much the quotients depart from those of a smooth function; only where the function says
   * nothing of its choices.
   */
  readonly corner: number;
}

/** The function one step away from the point. */
export interface Neighbour {
  /** The moved entry, as its element type has it. */
  readonly x: number;
  /** A copy of the output there. */
  readonly out: Float64Array;
  /** What is chosen there; null where the function does not say. */
  readonly choices: readonly Choices[] | null;
}

/** The function around a point, with one entry moved to both sides by a step and by half of it. */
export interface Around {
  /** The entry itself. */
  readonly x: number;
  /** h */
  readonly step: number;
  /** ε of the element type. */
  readonly epsilon: number;
  /** At x − h. */
  readonly below: Neighbour;
  /** At x + h. */
  readonly above: Neighbour;
  /** At x − h/2. */
  readonly nearBelow: Neighbour;
  /** At x + h/2. */
  readonly nearAbove: Neighbour;
}

/**
 * Measures the derivative of f by one entry of one argument. It takes four evaluations of f.
 *
 * @param entry its number in row-major order
 * @param step h, in the unit of the argument
 */
export async function slopeAt(
  point: Point,
  argument: string,
  entry: number,
  step: number,
): Promise<Slope> {
  return slopeFrom(point, await around(point, argument, entry, step), point.dOut);
}

/**
 * The four evaluations of {@link slopeAt}, from which the slopes for any dOut can be had.
 *
 * @param entry its number in row-major order
 * @param step h, in the unit of the argument
 */
export async function around(
  point: Point,
  argument: string,
  entry: number,
  step: number,
): Promise<Around> {
  const { data, dtype } = point.inputs[argument]!;
  const x = data[entry]!;
  const at = (value: number): Promise<Neighbour> => evaluate(point, argument, entry, value);
  const [below, above] = [await at(x - step), await at(x + step)];
  const [nearBelow, nearAbove] = [await at(x - step / 2), await at(x + step / 2)];
  return { x, step, epsilon: EPSILON[dtype], below, above, nearBelow, nearAbove };
}

/** What evaluations around a point say of the slope. */
export function slopeFrom(
  point: Point,
  { x, step, epsilon, below, above, nearBelow, nearAbove }: Around,
  dOut: ArrayLike<number>,
): Slope {
  const here = { x, out: point.out, choices: point.choices };
  const [coarse, fine] = [quotient(dOut, below, above), quotient(dOut, nearBelow, nearAbove)];
  const rounding = roundingError(dOut, below, above, step, epsilon);
  const neighbours = [below, above, nearBelow, nearAbove];
  const flips =
    point.choices === null
      ? null
      : (neighbours
          .map(({ choices }) => flipped(point.choices!, choices!))
          .find((flip) => flip !== null) ?? null);
  // (gradient-check.24a) jump(h) = right − left
  const jump = quotient(dOut, here, above) - quotient(dOut, below, here);
  const nearJump = quotient(dOut, here, nearAbove) - quotient(dOut, nearBelow, here);
  return {
    step,
    coarse,
    fine,
    // (gradient-check.12c) numeric = (4·D(h/2) − D(h)) / 3
    numeric: (4 * fine - coarse) / 3,
    // (gradient-check.12f) estimate = |D(h/2) − D(h)|/3 + 3·ε·|f|/h; where h is lost in x there was
    //   no measurement at all
    errorEstimate: nearAbove.x === nearBelow.x ? Infinity : Math.abs(fine - coarse) / 3 + rounding,
    rounding,
    isOutside: neighbours.some(({ out }) =>
      out.some((value, j) => !Number.isFinite(value) && Number.isFinite(point.out[j])),
    ),
    flipped: flips,
    // (gradient-check.24d) corner = max(|jump(h) − 2·jump(h/2)|, |D(h) − D(h/2)|), less the
    //   rounding error of both
    corner:
      point.choices === null
        ? Math.max(Math.abs(jump - 2 * nearJump), Math.abs(coarse - fine)) - 7 * rounding
        : 0,
  };
}

/** Evaluates f with one entry moved, and moves it back. */
async function evaluate(
  { f, inputs }: Point,
  argument: string,
  entry: number,
  value: number,
): Promise<Neighbour> {
  const data = inputs[argument]!.data;
  const before = data[entry]!;
  data[entry] = value;
  const x = data[entry]!; // as float32 has it
  try {
    const { out, choices = null } = await f(inputs);
    return { x, out: copyOf(out), choices };
  } finally {
    data[entry] = before;
  }
}

/**
 * The entries of a tensor in row-major order, in memory of their own: a view such as flatten's
 * changes along with the input.
 */
export function copyOf(tensor: Tensor): Float64Array {
  return new Float64Array(tensor.contiguous().data);
}

/**
 * Outputs are subtracted before they are summed, so that those which x does not reach cancel
 * exactly.
 */
function quotient(dOut: ArrayLike<number>, from: Neighbour, to: Neighbour): number {
  let total = 0;
  for (let j = 0; j < dOut.length; j++) total += dOut[j]! * (to.out[j]! - from.out[j]!);
  // (gradient-check.13) numericᵢ = Σⱼ dOutⱼ · (outⱼ(x + h·eᵢ) − outⱼ(x − h·eᵢ)) / 2h
  // (gradient-check.20) 2h → x₊ − x₋:
  //   x ± h are rounded to numbers that exist, and their true distance is what counts
  return total / (to.x - from.x);
}

/** What rounding may do to the extrapolated value. */
function roundingError(
  dOut: ArrayLike<number>,
  below: Neighbour,
  above: Neighbour,
  step: number,
  epsilon: number,
): number {
  // (gradient-check.18a) |f| = Σⱼ |dOutⱼ| · maxₖ |outₖ|, over the outputs that move; over all where
  //   none does, since rounding may have swallowed it
  const anyMoves = above.out.some((value, j) => value !== below.out[j]);
  let [weights, largest] = [0, 0];
  for (let j = 0; j < dOut.length; j++) {
    if (anyMoves && above.out[j] === below.out[j]) continue;
    weights += Math.abs(dOut[j]!);
    largest = Math.max(largest, Math.abs(above.out[j]!), Math.abs(below.out[j]!));
  }
  if (!Number.isFinite(largest)) return NaN; // the function is to blame, not its rounding
  // (gradient-check.12e) rounding error ≤ 3·ε·|f|/h
  return (3 * epsilon * weights * largest) / step;
}
