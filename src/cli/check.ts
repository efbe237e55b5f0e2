/** `leibniz check`: answers from another language, compared with the right gradients. */
import { join } from "node:path";
import { Argument, Command } from "commander";
import type { Grade } from "../checks/index.js";
import { catalog } from "../gradcheck/index.js";
import { tellTicked } from "./course-file.js";
import { formatGrade, GRADE_TEXT, gradeJson } from "./exercise-grades.js";
import { gradeAnswers } from "./grade-answers.js";
import { withValues } from "./known-values.js";
import { layerNamed } from "./layer-names.js";
import { wantedGradients } from "./numpy-cases.js";
import { jsonOption, printJson } from "./options.js";
import { type AnsweredCase, placeInAnswer, readAnswers } from "./read-answers.js";
import { printError, printText } from "./terminal.js";

/** The level of an exercise whose backward pass is written from nothing, in any language. */
const IN_LOOPS = 3;

export function checkCommand(): Command {
  const layers = catalog.map(({ layer }) => layer);
  return new Command("check")
    .addArgument(withValues(new Argument("<LAYER>", `one of ${layers.join(", ")}`), layers))
    .argument("<DIR>", "the exercise's folder, with answers/1/dX.npy and so on in it")
    .addOption(jsonOption())
    .action(runCheck);
}

async function runCheck(
  typed: string,
  folder: string,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const layer = layerNamed("check", typed);
  const { seed, cases, notes } = await readAnswers(layer, folder);
  for (const note of notes) printError(note);
  const grades = await gradeAnswers(layer, cases, wantedGradients(layer));
  for (const found of grades) {
    const where = caseOf(found, cases);
    const grade = where === undefined ? found : asGiven(layer, where, found);
    if (json) {
      printJson({ ...gradeJson(layer, grade), case: where?.number ?? null, seed });
      continue;
    }
    printText(formatGrade(grade, "all"), GRADE_TEXT);
    if (where !== undefined && grade.isRight === false)
      printText(`${" ".repeat(GRADE_TEXT)}${filesOf(folder, where)}`, GRADE_TEXT);
  }
  const right = grades.filter(({ isRight }) => isRight === true).length;
  if (!json)
    printText(
      right === grades.length
        ? `\nall of ${layer} is right`
        : `\n${right} of ${grades.length} gradients are right`,
    );
  if (right < grades.length) process.exitCode = 1;
  else if (!json) tellTicked(folder, layer, IN_LOOPS);
}

/** The case that a row shows. */
function caseOf(
  { problem, shown }: Grade,
  cases: readonly AnsweredCase[],
): AnsweredCase | undefined {
  return problem === null ? cases.find(({ options }) => options === shown?.options) : undefined;
}

function filesOf(folder: string, { number }: AnsweredCase): string {
  const [given, answers] = [join("given", `${number}.npz`), join("answers", String(number))];
  return `in case ${number}: ${join(folder, given)}, ${join(folder, answers)}`;
}

/** The row with places in the learner's own array: a loss of many axes may be given flat. */
function asGiven(layer: string, one: AnsweredCase, grade: Grade): Grade {
  const { gradient, shown } = grade;
  if (shown === null) return grade;
  const place = placeInAnswer(layer, one, gradient, shown.index, shown.shape);
  return { ...grade, shown: { ...shown, ...place } };
}
