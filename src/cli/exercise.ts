/**
 * `leibniz exercise`: a layer with its backward emptied, hints, and a check of what was written.
 */
import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { Argument, Command, Option } from "commander";
import { catalog } from "../gradcheck/index.js";
import { type Grade, type Hint, VariantFailure, runVariant } from "../checks/index.js";
import * as tensors from "../tensor/index.js";
import { formatShape, reject } from "../tensor/index.js";
import { unfold } from "./fold.js";
import {
  exerciseFolder,
  exerciseText,
  type ExerciseText,
  type Level,
  levels,
  USUAL_LEVEL,
} from "./exercise-text.js";
import { makeFolder, readText, writeFileWhole } from "./files.js";
import { withValues } from "./known-values.js";
import { layerNamed } from "./layer-names.js";
import { jsonOption, printJson, wholeNumber } from "./options.js";
import { stripTypes } from "./strip-types.js";
import { paint, printError, printText, widthOf } from "./terminal.js";

interface ExerciseOptions {
  readonly level: Level;
  readonly seed: string;
  readonly out?: string;
  readonly check?: boolean;
  readonly seconds: number;
  readonly hint?: number | true;
  readonly json?: boolean;
}

export function exerciseCommand(): Command {
  const layers = catalog.map(({ layer }) => layer);
  const levelOption = new Option("--level <N>", `how much is yours: ${LEVELS}`)
    .argParser((value) => wholeNumber("--level", 1, levels.length)(value) as Level)
    .default(USUAL_LEVEL);
  return new Command("exercise")
    .addArgument(withValues(new Argument("<LAYER>", `one of ${layers.join(", ")}`), layers))
    .addOption(withValues(levelOption, levels.map(String)))
    .option("--out <DIR>", "the exercise's folder (default: exercise-LAYER, or exercise-LAYER-1)")
    .option("--check", "check what was written there")
    .option("--seed <STUDENT>", "other numbers and geometries for the check: any word", "")
    .option("--seconds <N>", "how long that may take", wholeNumber("--seconds", 1), 60)
    .addOption(
      new Option(
        "--hint [N]",
        "show hint N; each says a little more than the one before",
      ).argParser(wholeNumber("--hint", 1)),
    )
    .addOption(jsonOption())
    .action(runExercise);
}

const LEVELS = "1 a line of the backward pass, 2 all of it";

async function runExercise(typed: string, options: ExerciseOptions): Promise<void> {
  const layer = layerNamed("exercise", typed);
  const { level, json = false } = options;
  const folder = options.out ?? exerciseFolder(layer, level);
  const exercise = exerciseText(layer, level);
  const { file, hints } = exercise;
  if (options.hint !== undefined) showHint(hints, options.hint === true ? 1 : options.hint, json);
  else if (options.check === true) await check(layer, join(folder, file), options);
  else writeExercise(layer, exercise, folder, options);
}

function writeExercise(
  layer: string,
  { file, text, functions, task, pages, hints }: ExerciseText,
  folder: string,
  { level, seed, json = false }: ExerciseOptions,
): void {
  for (const name of [file, "check.mjs"]) {
    if (existsSync(join(folder, name)))
      reject(
        "--out",
        "a folder without this exercise in it",
        `${folder}, which holds ${name}`,
        "nothing was overwritten; choose another folder, or delete that one",
      );
  }
  makeFolder(folder);
  writeFileWhole(join(folder, file), text);
  writeFileWhole(join(folder, "check.mjs"), checkScript(layer, level, seed));
  const shown = relative("", resolve(folder)) || ".";
  const [written, checker] = [join(shown, file), join(shown, "check.mjs")];
  if (json)
    return printJson({
      layer,
      level,
      file: written,
      check: checker,
      functions,
      hints: hints.length,
    });
  printText(`${written}: ${task}`);
  const chapters = pages.map((name) => `derivations/${name}.md`).join(", ");
  printText(`Derive it first, on paper; then compare with ${chapters}.`);
  printText("The comment at its top says what to write it with.\n");
  const command = `  node ${checker}`;
  const hint = `${command} --hint 1`;
  printText(`${command.padEnd(hint.length)}  checks what is there, as often as you like`, 6);
  printText(`${hint}  the first of ${hints.length} hints; the last ones give it away`, 6);
}

/** The checker calls the engine that wrote it, wherever the folder lies. */
function checkScript(layer: string, level: Level, seed: string): string {
  const words = [
    "exercise",
    layer,
    "--level",
    String(level),
    ...(seed === "" ? [] : [`--seed=${seed}`]),
  ];
  return `// Checks ${layer}: node check.mjs, or node check.mjs --hint 1 for the first hint.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from ${JSON.stringify(new URL("./program.js", import.meta.url).href)};

const here = dirname(fileURLToPath(import.meta.url));
const asked = process.argv.slice(2);
const what = asked.some((word) => word.startsWith("--hint")) ? asked : ["--check", ...asked];
const words = ${JSON.stringify(words)};
process.exitCode = await runProgram([...words, "--out", here, ...what], "");
`;
}

function showHint(hints: readonly Hint[], number: number, json: boolean): void {
  const hint =
    hints[number - 1] ?? reject("--hint", `a hint from 1 to ${hints.length}`, String(number));
  if (json) return printJson({ hint: number, hints: hints.length, ...hint });
  const text = widthOf(process.stdout) === Infinity ? hint.text : unfold(hint.text);
  printText(`hint ${number} of ${hints.length}: ${hint.about}\n\n${text}`);
}

async function check(
  layer: string,
  file: string,
  { level, seed, json = false, seconds }: ExerciseOptions,
): Promise<void> {
  const code = await stripTypes(readText(file), file);
  const grades = await gradeIn({ layer, level, seed }, file, code, seconds);
  if (grades === null) return;
  const isUntouched = readText(file).includes("return {} as never;");
  for (const grade of grades) {
    if (json) printJson(jsonOf(layer, grade));
    else printText(formatGrade(grade, isUntouched), 13);
  }
  const right = grades.filter(({ isRight }) => isRight === true).length;
  if (!json)
    printText(
      right === grades.length
        ? `\nall of ${layer} is right`
        : `\n${right} of ${grades.length} gradients are right`,
    );
  if (right < grades.length) process.exitCode = 1;
}

function jsonOf(layer: string, { gradient, isRight, problem, cases, shown }: Grade): object {
  const verdict = { layer, gradient, isRight, problem, cases };
  if (shown === null) return verdict;
  const { maxRelativeError, worstIndex, analytic, numeric, hint } = shown.result;
  return {
    ...verdict,
    options: shown.options,
    shape: shown.shape,
    maxRelativeError,
    worstIndex,
    analytic,
    numeric,
    hint,
  };
}

/** @returns null when the code did not run to its end; the reason was printed */
async function gradeIn(
  input: { readonly layer: string; readonly level: Level; readonly seed: string },
  file: string,
  code: string,
  seconds: number,
): Promise<readonly Grade[] | null> {
  const [module, grader] = ["../backprop/", "../checks/exercises/grade.js"].map(
    (path) => new URL(path, import.meta.url).href,
  ) as [string, string];
  const name = `${basename(file, ".ts")}.js`;
  try {
    return (await runVariant({
      texts: new Map([[module + name, code]]),
      module: grader,
      input,
      source: resolve(file),
      seconds,
    })) as readonly Grade[];
  } catch (error) {
    if (!(error instanceof VariantFailure)) throw error;
    printError(
      `leibniz: ${file}${error.line === null ? "" : `:${error.line}`}: expected a backward ` +
        `pass that runs, but it stopped: ${error.message.replaceAll("\n", " ")}` +
        importHint(error.message),
    );
    process.exitCode = 1;
    return null;
  }
}

/** How a name comes in that nobody imported. */
function importHint(message: string): string {
  const name = /^(\w+) is not defined$/.exec(message)?.[1];
  return name !== undefined && name in tensors ? `; import { ${name} } from "leibniz/tensor"` : "";
}

function formatGrade(
  { gradient, isRight, problem, cases, shown }: Grade,
  isUntouched: boolean,
): string {
  if (problem !== null) return `${gradient.padEnd(12)} ${paint("bad", "wrong")}: ${problem}`;
  if (isRight === null) {
    const what = isUntouched
      ? "not written yet"
      : "nothing came back under this name; the function's type says what it returns";
    return `${gradient.padEnd(12)} ${what}`;
  }
  const { maxRelativeError, worstIndex, analytic, numeric, hint } = shown!.result;
  if (isRight)
    return (
      `${gradient.padEnd(12)} ${paint("good", "right")} in ${cases} geometries; largest ` +
      `relative error ${maxRelativeError.toExponential(1)}`
    );
  const options = Object.entries(shown!.options).map(
    ([name, value]) => `${name} ${JSON.stringify(value)}`,
  );
  const where =
    `at [${worstIndex.join(", ")}] of ${formatShape(shown!.shape)} yours is ` +
    `${analytic}, numerically it is ${numeric}`;
  return [
    `${gradient.padEnd(12)} ${paint("bad", "wrong")}: ${where}`,
    ...(options.length > 0 ? [`             with ${options.join("  ")}`] : []),
    ...(hint === null ? [] : [`             ${hint}`]),
  ].join("\n");
}
