/**
 * The gradient check with everything in the open: a dOut, a step and an element type that somebody
 * has chosen, where `gradientCheck` draws and decides.
 */
import {
  type Around,
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

/** Forward around a point: for each input, each of its entries moved. */
export type Evaluations = ReadonlyMap<string, readonly Around[]>;

/**
 * Evaluates forward around every entry of these inputs: nearly all that a check costs, and nothing
 * that depends on backward or on dOut.
 *
 * @param step h; the other one is h/2
 */
export async function evaluationsAt(
  { point }: Passed,
  names: readonly string[],
  step: number,
): Promise<Evaluations> {
  const all = new Map<string, readonly Around[]>();
  for (const name of names) {
    const evaluated: Around[] = [];
    for (let entry = 0; entry < point.inputs[name]!.size; entry++)
      evaluated.push(await around(point, name, entry, step));
    all.set(name, evaluated);
  }
  return all;
}

/** What was measured of one input. */
export interface MeasuredInput {
  /** By the number of the entry. */
  readonly slopes: ReadonlyMap<number, Slope>;
  /** What backward passes would return that take something else for dOut; computed when asked. */
  readonly variants: () => Variants;
}

/** What was measured, by the input's name. */
export type Slopes = ReadonlyMap<string, MeasuredInput>;

/** The slopes for a pass's dOut. */
export function slopesFrom({ point, out }: Passed, evaluations: Evaluations): Slopes {
  const others = Object.entries(otherUpstreams(point.dOut, out.shape));
  const all = new Map<string, MeasuredInput>();
  for (const [name, evaluated] of evaluations) {
    const slopes = evaluated.map((one) => slopeFrom(point, one, point.dOut));
    const isSmooth = slopes.map(({ flipped, isOutside }) => flipped === null && !isOutside);
    const numericFor = (dOut: readonly number[]): number[] =>
      evaluated.map((one, entry) =>
        isSmooth[entry] ? slopeFrom(point, one, dOut).numeric : Number.NaN,
      );
    all.set(name, {
      slopes: new Map(slopes.entries()),
      variants: () =>
        Object.fromEntries(others.map(([hint, dOut]) => [hint, numericFor(dOut)] as const)),
    });
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
  const variantsOf = async (argument: string): Promise<Variants> =>
    slopes.get(argument)!.variants();
  return explain(judgedAt(passed, slopes), point, out.shape, step, undefined, variantsOf);
}
