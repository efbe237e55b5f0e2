/** Answers from files, graded as the exercise's own checker grades what a backward pass returns. */
import { gradientName } from "../backprop/index.js";
import { type Grade, type GradientProblems, ReportCard } from "../checks/index.js";
import {
  catalog,
  checkCase,
  type CatalogEntry,
  checkKinks,
  type Differentiable,
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
 * @returns one grade for each that the layer has
 */
export async function gradeAnswers(
  layer: string,
  cases: readonly AnsweredCase[],
  gradients: readonly string[],
): Promise<readonly Grade[]> {
  const entry = catalog.find((one) => one.layer === layer)!;
  const card = new ReportCard(entry);
  for (const one of cases) await addCase(card, entry, one);
  const grades = new Map((await card.grades()).map((grade) => [grade.gradient, grade]));
  return gradients.flatMap((gradient) => grades.get(gradient) ?? []);
}

async function addCase(card: ReportCard, entry: CatalogEntry, one: AnsweredCase): Promise<void> {
  const { options, inputs, dOut, dOutSeed, kink } = one;
  const problems: GradientProblems = new Map();
  const offInFloat32 = new Map<string, number>();
  const around = (f: Differentiable): Differentiable =>
    answering(f, one.answers, problems, offInFloat32);
  const random = new Random(dOutSeed);
  if (kink !== null) {
    for await (const seen of checkKinks(
      { ...entry, kinks: [{ ...kink, options }] },
      random,
      around,
    ))
      if (!problems.has(seen.result.argument)) card.addKink(seen);
    card.add({ options, inputs, dOut }, [], problems);
    return;
  }
  const checked = await checkCase(entry, one, { random, around, hints: false });
  for (const gradient of Object.keys(one.answers)) {
    const isThere = Object.keys(inputs).some((name) => gradientName(name) === gradient);
    if (!isThere)
      problems.set(
        argumentOf(gradient),
        `there is no ${argumentOf(gradient)} in case ${one.number}, and so no ${gradient}; ` +
          "yours has a file",
      );
  }
  const results = checked.map(
    ({ result }): GradientCheckResult => ({
      ...result,
      maxRelativeError: offInFloat32.get(result.argument) ?? result.maxRelativeError,
    }),
  );
  card.add({ options, inputs, dOut }, results, problems);
}

/** `dBias` → `bias` */
function argumentOf(gradient: string): string {
  return `${gradient[1]!.toLowerCase()}${gradient.slice(2)}`;
}

/**
 * Answers in the place of what a layer's backward returns. Those that nobody asked for stay as they
 * are, such as the gradients of a residual block's convolutions.
 *
 * @param problems why an answer cannot be compared, by argument, is added to it
 * @param offInFloat32 how far off those are that are as near as float32 allows, and so pass
 */
function answering(
  f: Differentiable,
  answers: AnsweredCase["answers"],
  problems: GradientProblems,
  offInFloat32: Map<string, number>,
): Differentiable {
  const answerTo = (name: string, right: Tensor): Tensor => {
    const answer = answers[gradientName(name)];
    if (answer === undefined) return right;
    if (!(answer instanceof Tensor)) {
      problems.set(name, answer);
      return Tensor.zeros(right.shape, "float64");
    }
    if (answer.dtype === "float64") return answer;
    const off = shareOfLargest(answer, right);
    if (off > SINGLE_PRECISION) return answer.astype("float64");
    offInFloat32.set(name, off);
    return right;
  };
  return async (inputs) => {
    const { backward, ...rest } = await f(inputs);
    return {
      ...rest,
      backward: async (dOut): Promise<NamedTensors> =>
        Object.fromEntries(
          Object.entries(await backward(dOut)).map(([name, right]) => [
            name,
            answerTo(name, right),
          ]),
        ),
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
