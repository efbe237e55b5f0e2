/**
 * The gradient check with everything in the open: a dOut, a step and an element type that somebody
 * has chosen, where `gradientCheck` draws and decides.
 */
import {
  around,
  type Differentiable,
  explain,
  type GradientCheckResult,
  judge,
  LAYER_TOLERANCE,
  type NamedTensors,
  otherUpstreams,
  type Point,
  type Slope,
  slopeFrom,
  type Variants,
} from "../gradcheck/index.js";
import type { Tensor } from "../tensor/index.js";

/** A function at a point, with what backward makes of dOut there. */
export interface Passed {
  /** What differences are taken of. */
  readonly point: Point;
  /** The output, in its shape. */
  readonly out: Tensor;
  /** By input. */
  readonly gradients: NamedTensors;
}

/** One forward pass and one backward pass. */
export async function passAt(
  f: Differentiable,
  inputs: NamedTensors,
  dOut: Tensor,
): Promise<Passed> {
  const { out, backward, choices = null } = await f(inputs);
  const upstream = new Float64Array(dOut.contiguous().data);
  const gradients = await backward(dOut.astype(out.dtype));
  const numbers = new Float64Array(out.contiguous().data);
  return { point: { f, inputs, out: numbers, choices, dOut: upstream }, out, gradients };
}

/** What was measured of one input. */
export interface Measured {
  /** By the number of the entry. */
  readonly slopes: ReadonlyMap<number, Slope>;
  /** What backward passes would return that take something else for dOut. */
  readonly variants: Variants;
}

/** What was measured, by the input's name. */
export type Slopes = ReadonlyMap<string, Measured>;

/**
 * Measures every entry of these inputs. Forward alone decides what comes out, so that many backward
 * passes can be judged by it.
 *
 * @param step h; the other one is h/2
 */
export async function slopesAt(
  { point, out }: Passed,
  names: readonly string[],
  step: number,
): Promise<Slopes> {
  const others = Object.entries(otherUpstreams(point.dOut, out.shape));
  const all = new Map<string, Measured>();
  for (const name of names) {
    const slopes = new Map<number, Slope>();
    const variants = Object.fromEntries(others.map(([hint]) => [hint, [] as number[]]));
    for (let entry = 0; entry < point.inputs[name]!.size; entry++) {
      const evaluated = await around(point, name, entry, step);
      const slope = slopeFrom(point, evaluated, point.dOut);
      slopes.set(entry, slope);
      const isSmooth = slope.flipped === null && !slope.isOutside;
      for (const [hint, dOut] of others)
        variants[hint]!.push(isSmooth ? slopeFrom(point, evaluated, dOut).numeric : Number.NaN);
    }
    all.set(name, { slopes, variants });
  }
  return all;
}

/**
 * What the check says of each gradient: (gradient-check.21), (gradient-check.21a).
 *
 * @param tolerance the largest relative error that passes; that of layers if left out
 * @returns one result for each gradient
 */
export function judgedAt(
  { gradients }: Passed,
  slopes: Slopes,
  tolerance = LAYER_TOLERANCE,
): GradientCheckResult[] {
  return Object.entries(gradients).map(([name, gradient]) =>
    judge(name, gradient.shape, gradient.contiguous().data, slopes.get(name)!.slopes, tolerance),
  );
}

/** The same, with a hint where a gradient is wrong in a way that is known. */
export async function explainedAt(
  passed: Passed,
  slopes: Slopes,
  step: number,
): Promise<GradientCheckResult[]> {
  const { point, out } = passed;
  const variantsOf = async (argument: string): Promise<Variants> => slopes.get(argument)!.variants;
  return explain(judgedAt(passed, slopes), point, out.shape, step, undefined, variantsOf);
}
