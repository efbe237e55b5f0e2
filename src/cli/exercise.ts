/**
 * `leibniz exercise`: a layer with its backward emptied, hints, and a check of what was written.
 */
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Argument, Command, Option } from "commander";
import { shownName } from "../data/index.js";
import { catalog } from "../gradcheck/index.js";
import { type Grade, type GradeInput, type Hint, pageOf } from "../checks/index.js";
import { reject } from "../tensor/index.js";
import { formatGrade, GRADE_TEXT, gradeJson, type Untouched } from "./exercise-grades.js";
import { gradeIn, printStop } from "./exercise-run.js";
import { writePythonExercise } from "./exercise-python.js";
import { tellTicked } from "./course-file.js";
import { unfold } from "./fold.js";
import {
  exerciseFolder,
  exerciseText,
  type ExerciseText,
  isInLoops,
  type Level,
  levels,
  USUAL_LEVEL,
} from "./exercise-text.js";
import { makeFolder, readText, writeFileWhole } from "./files.js";
import { withValues } from "./known-values.js";
import { layerNamed } from "./layer-names.js";
import { jsonOption, printJson, wholeNumber } from "./options.js";
import { stripTypes } from "./strip-types.js";
import { printText, widthOf } from "./terminal.js";

interface ExerciseOptions {
  readonly level: Level;
  readonly seed?: string;
  readonly out?: string;
  readonly check?: boolean;
  readonly seconds: number;
  readonly hint?: number | true;
  readonly python?: boolean;
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
    .option("--python", "write it for NumPy, or any language that reads its files")
    .option("--seed <STUDENT>", "numbers and geometries of this student's own: any word")
    .option("--check", "check what was written there")
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

const LEVELS = "1 a line of the backward pass, 2 all of it, 3 all of it in loops";

async function runExercise(
  typed: string,
  options: ExerciseOptions,
  command: Command,
): Promise<void> {
  const layer = layerNamed("exercise", typed);
  const { python = false, json = false } = options;
  if (python && command.getOptionValueSource("level") === "cli")
    reject(
      "--level",
      "no --python along with it",
      "both",
      "in NumPy it is the whole backward pass",
    );
  const level = python ? 3 : options.level;
  const exercise = exerciseText(layer, level);
  const folder = options.out ?? exerciseFolder(layer, level);
  if (options.hint !== undefined)
    showHint(exercise.hints(), options.hint === true ? 1 : options.hint, json);
  else if (python) await writePythonExercise({ seed: "", ...options, layer, tags: exercise.tags });
  else if (options.check === true) {
    if (options.out === undefined) askForLevel(layer, level, exercise.file);
    await check(layer, join(folder, exercise.file), options);
  } else writeExercise(layer, exercise, folder, options);
}

/** Who forgets the level at a check is told which one has a folder here. */
function askForLevel(layer: string, level: Level, file: string): void {
  const isThere = (one: Level): boolean => existsSync(join(exerciseFolder(layer, one), file));
  const other = levels.find(isThere);
  if (isThere(level) || other === undefined) return;
  reject(
    "--check",
    `the exercise in ${exerciseFolder(layer, level)}`,
    `none there, but one in ${exerciseFolder(layer, other)}`,
    `add --level ${other}`,
  );
}

function writeExercise(
  layer: string,
  { file, text, functions, task, tags, hints }: ExerciseText,
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
  const count = hints().length;
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
      hints: count,
    });
  printText(`${written}: ${task}`);
  const pages = [...new Set(tags.map(pageOf))];
  const chapters = pages.map((name) => `derivations/${name}.md`).join(", ");
  printText(`Derive it first, on paper; then compare with ${chapters}.`);
  printText("The comment at its top says what to write it with.\n");
  const command = `  node ${checker}`;
  const hint = `${command} --hint 1`;
  printText(`${command.padEnd(hint.length)}  checks what is there, as often as you like`, 6);
  printText(`${hint}  the first of ${count} hints; the last ones give it away`, 6);
}

/** The checker calls the engine that wrote it, wherever the folder lies. */
function checkScript(layer: string, level: Level, seed: string | undefined): string {
  const words = [
    "exercise",
    layer,
    "--level",
    String(level),
    ...(seed === undefined ? [] : [`--seed=${seed}`]),
  ];
  const own = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);
  return `// Checks ${layer}: node check.mjs, or node check.mjs --hint 1 for the first hint.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from ${own("program.js")};
import { watchOutput } from ${own("stopping.js")};

watchOutput();
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

/** Many times as long as any exercise with its solution. */
const LARGEST_EXERCISE = 2 ** 20;

async function check(layer: string, file: string, options: ExerciseOptions): Promise<void> {
  const { json = false, seconds, seed } = options;
  const text = readText(file, { largest: LARGEST_EXERCISE });
  const code = await stripTypes(text, file);
  const level = isInLoops(text) ? 3 : options.level;
  const input: GradeInput = {
    layer,
    level,
    source: resolve(file),
    ...(seed !== undefined && { seed }),
  };
  const { grades, stop } = await gradeIn(input, file, code, seconds);
  if (stop !== null) printStop(layer, file, stop);
  const given = exerciseText(layer, level);
  const untouched = untouchedIn(text, given.stubs);
  const imports = foreignImports(text, given.text);
  for (const one of grades) {
    const grade = untouched === "all" ? withoutStub(one) : one;
    if (json) printJson({ ...gradeJson(layer, grade, stop), imports });
    else printText(formatGrade(grade, untouched), GRADE_TEXT);
  }
  const right = grades.filter(({ isRight }) => isRight === true).length;
  const isAll = grades.length > 0 && right === grades.length;
  if (!json)
    printText(
      isAll ? `\nall of ${layer} is right` : `\n${right} of ${grades.length} gradients are right`,
    );
  if (!json && imports.length > 0)
    printText(`it imports ${imports.map(shownName).join(", ")}, which the exercise did not`, 2);
  if (!isAll) process.exitCode = 1;
  else if (!json) tellTicked(dirname(file), layer, level);
}

function untouchedIn(text: string, stubs: readonly string[]): Untouched {
  if (stubs.some((stub) => text.includes(stub))) return "all";
  const left = stubs.map((stub) => stub.split("\n").at(-1)!).find((line) => text.includes(line));
  return left === undefined ? "nothing" : { return: left.trim() };
}

/** What a reader's file imports that the exercise has no use for: the gradients may be in it. */
function foreignImports(text: string, given: string): readonly string[] {
  const known = new Set(["leibniz/tensor", ...importsOf(given)]);
  return [...new Set(importsOf(text))].filter((name) => !known.has(name));
}

function importsOf(text: string): readonly string[] {
  const names = text.matchAll(/\b(?:from|import|require)\s*\(?\s*(["'`])([^"'`\n]{1,200})\1/g);
  return [...names].map(([, , name]) => name!);
}

/** A slope that is not written yet is no number, and neither is a gradient that is made of it. */
function withoutStub(grade: Grade): Grade {
  const isOfStub = Number.isNaN(grade.shown?.yours);
  return isOfStub ? { ...grade, isRight: null, diagnosis: null, shown: null } : grade;
}
