/** Answers from files, graded as the exercise's own checker grades what a backward pass returns. */
import { gradientName } from "../../backprop/index.js";
import {
  type CatalogCase,
  catalog,
  checkCases,
  type Differentiable,
  type NamedTensors,
} from "../../gradcheck/index.js";
import { Random, Tensor } from "../../tensor/index.js";
import { type Grade, ReportCard } from "./report-card.js";
import type { Problems } from "./tolerant.js";

/** What somebody computed in one geometry. */
export interface AnswersOfCase extends CatalogCase {
  /** The seed that its dOut is drawn from. */
  readonly dOutSeed: string;
  /**
   * By the gradient's name, `dX`: a tensor of the shape of what it belongs to, float32 or float64;
   * null where nothing was written yet; or why there is nothing to compare. A gradient of what is
   * not there, such as a bias, is here only if there is an answer for it.
   */
  readonly answers: Readonly<Record<string, Tensor | string | null>>;
}

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
  cases: readonly AnswersOfCase[],
  gradients: readonly string[],
): Promise<readonly Grade[]> {
  const entry = catalog.find((one) => one.layer === layer)!;
  const card = new ReportCard(entry);
  const names = [...new Set(cases.flatMap(({ inputs }) => Object.keys(inputs)))];
  for (const one of cases) {
    const problems = problemsOf(one, names);
    const around = (f: Differentiable): Differentiable => answering(f, one);
    for await (const { options, inputs, dOut, gradients: checked } of checkCases(
      entry,
      [{ ...one, name: one.dOutSeed, isRandom: false }],
      { random: new Random(one.dOutSeed), around, hints: false },
    ))
      card.add(
        { options, inputs, dOut },
        checked.map(({ result }) => result).filter(({ argument }) => isAsked(argument, gradients)),
        problems,
      );
  }
  const grades = await card.grades();
  return gradients.flatMap((name) => grades.filter(({ gradient }) => gradient === name));
}

function isAsked(argument: string, gradients: readonly string[]): boolean {
  return gradients.includes(gradientName(argument));
}

/**
 * What is no tensor to compare, by the input that it belongs to.
 *
 * @param names of all inputs that the layer has in some case
 */
function problemsOf({ inputs, answers }: AnswersOfCase, names: readonly string[]): Problems {
  const problems: Problems = new Map();
  for (const [gradient, answer] of Object.entries(answers)) {
    const argument = names.find((name) => gradientName(name) === gradient);
    if (argument === undefined) continue;
    if (!(answer instanceof Tensor)) problems.set(argument, answer);
    else if (!Object.hasOwn(inputs, argument))
      problems.set(
        argument,
        `there is no ${argument} in this geometry, and so no ${gradient}; yours is a tensor`,
      );
  }
  return problems;
}

/** The layer with somebody's answers for what its backward returns. */
function answering(f: Differentiable, { answers }: AnswersOfCase): Differentiable {
  return async (inputs) => {
    const { backward, ...rest } = await f(inputs);
    return {
      ...rest,
      backward: async (dOut) => {
        const right = await backward(dOut);
        return Object.fromEntries(
          Object.entries(right).map(([name, gradient]) => {
            const answer = answers[gradientName(name)];
            if (!(answer instanceof Tensor)) return [name, gradient];
            const isFine =
              answer.dtype === "float32" && shareOfLargest(answer, gradient) <= SINGLE_PRECISION;
            return [name, isFine ? gradient : answer.astype("float64")];
          }),
        ) as NamedTensors;
      },
    };
  };
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
