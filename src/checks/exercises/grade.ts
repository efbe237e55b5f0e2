/**
 * Grades what a reader wrote; runs in a process in which the layer's module has the reader's text.
 */
import { gradientName } from "../../backprop/index.js";
import {
  casesOf,
  catalog,
  checkCases,
  type Differentiable,
  type GradientCheckResult,
} from "../../gradcheck/index.js";
import { formatShape, Random, sameShape, sizeOf, Tensor } from "../../tensor/index.js";

/** How one gradient did over all geometries. */
export interface Grade {
  /** `dWeight` */
  readonly gradient: string;
  /** `null`: nothing was written yet. */
  readonly isRight: boolean | null;
  /** Why it cannot be compared: what came back is not the tensor that it should be. */
  readonly problem: string | null;
  /** Geometries checked. */
  readonly cases: number;
  /** The result of the first geometry that failed, or of the worst that passed. */
  readonly shown: {
    /** The layer's, in that geometry. */
    readonly options: object;
    /** Of what the gradient belongs to, and so of the gradient. */
    readonly shape: readonly number[];
    /** What the check found. */
    readonly result: GradientCheckResult;
  } | null;
}

/** What is to be graded, as it is sent to the process. */
export interface GradeInput {
  /** As the catalog calls it: `conv2d`. */
  readonly layer: string;
  /** Other numbers and geometries for each; `""` if left out. */
  readonly seed?: string;
}

/** Random geometries besides the fixed ones. */
const SAMPLES = 20;

/** @returns a grade for each argument of the layer, in order */
export async function grade({ layer, seed = "" }: GradeInput): Promise<readonly Grade[]> {
  const entry = catalog.find((one) => one.layer === layer)!;
  const { constants = [] } = entry;
  const random = new Random(`exercise ${layer}${seed === "" ? "" : ` ${seed}`}`);
  const grades = new Map<string, Grade>();
  const problems = new Map<string, string | null>();
  const around = (f: Differentiable): Differentiable => tolerant(f, constants, problems);
  for await (const { options, inputs, gradients } of checkCases(
    entry,
    casesOf(entry, random, SAMPLES),
    { random, around },
  )) {
    for (const { result } of gradients) {
      const gradient = gradientName(result.argument);
      const before = grades.get(gradient) ?? {
        gradient,
        isRight: true,
        problem: null,
        cases: 0,
        shown: null,
      };
      const problem = problems.get(result.argument);
      if (problem !== undefined) {
        grades.set(gradient, {
          ...before,
          isRight: problem === null ? null : false,
          problem: before.problem ?? problem,
          cases: before.cases + 1,
        });
        continue;
      }
      const shown = { options, shape: inputs[result.argument]!.shape, result };
      const passes = result.verdict === "pass";
      const isNews =
        before.isRight === true &&
        (!passes ||
          before.shown === null ||
          result.maxRelativeError > before.shown.result.maxRelativeError);
      grades.set(gradient, {
        ...before,
        isRight: before.isRight === true ? passes : before.isRight,
        cases: before.cases + 1,
        shown: isNews ? shown : before.shown,
      });
    }
    problems.clear();
  }
  return [...grades.values()];
}

/**
 * Puts zeros in place of what cannot be compared, and notes why: so that one gradient can be graded
 * before the next is written.
 */
function tolerant(
  f: Differentiable,
  constants: readonly string[],
  problems: Map<string, string | null>,
): Differentiable {
  return async (inputs) => {
    const { backward, ...rest } = await f(inputs);
    return {
      ...rest,
      backward: async (dOut) => {
        const returned = (await backward(dOut)) as Readonly<Record<string, unknown>>;
        const left = Object.keys(inputs)
          .filter((name) => !constants.includes(name) && !Object.hasOwn(returned, name))
          .map((name) => [name, undefined] as const);
        const gradients = [
          ...Object.entries(returned).filter(([name]) => Object.hasOwn(inputs, name)),
          ...left,
        ];
        return Object.fromEntries(
          await Promise.all(
            gradients.map(async ([name, gradient]) => {
              const problem = await problemOf(gradient, inputs[name]!);
              if (problem === undefined) return [name, gradient];
              problems.set(name, problem);
              return [name, Tensor.zeros(inputs[name]!.shape, "float64")];
            }),
          ),
        );
      },
    };
  };
}

/**
 * Why a gradient cannot be compared; `null` when nothing was written, `undefined` when nothing is
 * wrong with it.
 */
async function problemOf(
  gradient: unknown,
  { shape, dtype }: Tensor,
): Promise<string | null | undefined> {
  if (gradient instanceof Promise) {
    await gradient.catch(() => {}); // nobody else waits for it
    return "a Promise came back; there is an `await` missing in front of what makes it";
  }
  if (gradient === undefined) return null;
  if (!(gradient instanceof Tensor)) {
    if (gradient === null)
      return "null came back, though it is asked for (it is if wantsDX is left out)";
    const keys = typeof gradient === "object" ? Object.keys(gradient) : [];
    // as the exercise was given
    if (typeof gradient === "object" && keys.length === 0 && !Array.isArray(gradient)) return null;
    const got = Array.isArray(gradient)
      ? "an array"
      : keys.length > 0
        ? `an object with ${keys.join(", ")}`
        : String(gradient);
    return `expected a tensor of shape ${formatShape(shape)}, got ${got}`;
  }
  if (!sameShape(gradient.shape, shape))
    return (
      `its shape should be ${formatShape(shape)}, yours is ` +
      `${formatShape(gradient.shape)}${guess(gradient.shape, shape)}`
    );
  if (gradient.dtype !== dtype)
    return (
      `it should be of ${dtype} like what it belongs to, yours is of ${gradient.dtype}: ` +
      `Tensor.zeros(x.shape, x.dtype)`
    );
  return undefined;
}

/** What a wrong shape looks like. */
function guess(yours: readonly number[], right: readonly number[]): string {
  if (yours.length === 2 && sameShape([...yours].reverse(), right)) return ": the transposed one";
  if (yours.length > right.length && sameShape(yours.slice(yours.length - right.length), right))
    return ": something is not summed yet, such as the batch";
  if (yours.length === 0) return ": everything was summed";
  return sizeOf(yours) === sizeOf(right) ? ": as many entries, so a reshape may do" : "";
}

export default (input: unknown): Promise<readonly Grade[]> => grade(input as GradeInput);
