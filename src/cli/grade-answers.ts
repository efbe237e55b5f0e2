/** Answers from files, graded as the exercise's own checker grades what a backward pass returns. */
import { gradientName } from "../backprop/index.js";
import type { Grade } from "../checks/index.js";
import {
  catalog,
  checkCase,
  type CatalogEntry,
  type GradientCheckResult,
  type NamedTensors,
} from "../gradcheck/index.js";
import { Random, Tensor } from "../tensor/index.js";
import type { AnsweredCase } from "./read-answers.js";

/**
 * Up to this share of the largest entry an answer in float32 may be off: 24 bits, and sums of a few
 * hundred products.
 */
const SINGLE_PRECISION = 2e-5;

/**
 * @param gradients those to grade, in order: `dX`
 * @returns one grade for each
 */
export async function gradeAnswers(
  layer: string,
  cases: readonly AnsweredCase[],
  gradients: readonly string[],
): Promise<readonly Grade[]> {
  const entry = catalog.find((one) => one.layer === layer)!;
  const grades = new Map(gradients.map((gradient) => [gradient, ungraded(gradient)]));
  for (const one of cases) {
    const checked = await checkedIn(entry, one);
    for (const [gradient, before] of grades) {
      const answer = one.answers[gradient];
      if (answer === undefined) continue;
      const result = checked.get(gradient);
      const problem =
        result === undefined && answer instanceof Tensor
          ? `case ${one.number} has no such input, and so no gradient of it, but there is a file`
          : typeof answer === "string"
            ? answer
            : null;
      grades.set(gradient, after(before, one, answer === null, problem, result));
    }
  }
  return [...grades.values()];
}

const ungraded = (gradient: string): Grade => ({
  gradient,
  isRight: null,
  problem: null,
  cases: 0,
  shown: null,
});

/** The grade with one more case in it. */
function after(
  before: Grade,
  { options, inputs }: AnsweredCase,
  isMissing: boolean,
  problem: string | null,
  result: GradientCheckResult | undefined,
): Grade {
  const cases = before.cases + 1;
  if (isMissing) return { ...before, cases };
  if (problem !== null)
    return { ...before, isRight: false, problem: before.problem ?? problem, cases };
  const passes = result!.verdict === "pass";
  const { isRight, shown } = before;
  const isNews =
    isRight !== false &&
    (!passes || shown === null || result!.maxRelativeError > shown.result.maxRelativeError);
  const { shape } = inputs[result!.argument]!;
  return {
    ...before,
    isRight: isRight !== false && passes,
    cases,
    shown: isNews ? { options, shape, result: result! } : shown,
  };
}

/** What the gradient check says of the answers in one case, by the gradient's name. */
async function checkedIn(
  entry: CatalogEntry,
  one: AnsweredCase,
): Promise<ReadonlyMap<string, GradientCheckResult>> {
  const precise = new Map<string, number>();
  const gradients = await checkCase(entry, one, {
    random: new Random(one.dOutSeed),
    around: (f) => async (inputs) => {
      const { backward, ...rest } = await f(inputs);
      return {
        ...rest,
        backward: async (dOut) => {
          const right = await backward(dOut);
          return Object.fromEntries(
            Object.entries(right).map(([name, gradient]) => {
              const answer = one.answers[gradientName(name)];
              if (!(answer instanceof Tensor)) return [name, gradient];
              const error = shareOfLargest(answer, gradient);
              const isFine = answer.dtype === "float32" && error <= SINGLE_PRECISION;
              if (isFine) precise.set(name, error);
              return [name, isFine ? gradient : answer.astype("float64")];
            }),
          ) as NamedTensors;
        },
      };
    },
  });
  return new Map(
    gradients.map(({ result }) => {
      const { argument, maxRelativeError } = result;
      const error = precise.get(argument) ?? maxRelativeError;
      return [gradientName(argument), { ...result, maxRelativeError: error }];
    }),
  );
}

function shareOfLargest(answer: Tensor, right: Tensor): number {
  const [a, b] = [answer.contiguous().data, right.contiguous().data];
  let [most, scale] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return scale === 0 ? most : most / scale;
}
