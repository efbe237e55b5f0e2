/**
 * `leibniz exercise`: a layer with its backward emptied, hints, and a check of what was written.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Argument, Command, Option } from "commander";
import { catalog, layerFile } from "../gradcheck/index.js";
import {
  emptyBackward,
  type Graded,
  type GradeInput,
  type Hint,
  hintsFor,
  pageOf,
  VariantFailure,
  runVariant,
  TOOLBOX,
} from "../checks/index.js";
import * as tensors from "../tensor/index.js";
import { reject } from "../tensor/index.js";
import { writePythonExercise } from "./exercise-python.js";
import { unfold } from "./fold.js";
import { makeFolder, readText, writeFileWhole } from "./files.js";
import { withValues } from "./known-values.js";
import { formatGrade, GRADE_TEXT, gradeJson } from "./exercise-grades.js";
import { rejectName } from "./nearest.js";
import { jsonOption, printJson, wholeNumber } from "./options.js";
import { stripTypes } from "./strip-types.js";
import { printError, printText, widthOf } from "./terminal.js";

interface ExerciseOptions {
  readonly out?: string;
  readonly check?: boolean;
  readonly seconds: number;
  readonly hint?: number | true;
  readonly python?: boolean;
  readonly seed: string;
  readonly json?: boolean;
}

/** The package's own folder, where the chapters and the sources lie. */
const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

export function exerciseCommand(): Command {
  const layers = catalog.map(({ layer }) => layer);
  return new Command("exercise")
    .addArgument(withValues(new Argument("<LAYER>", `one of ${layers.join(", ")}`), layers))
    .option("--out <DIR>", "the exercise's folder (default: exercise-LAYER)")
    .option("--python", "write it for NumPy, or any language that reads its files")
    .option("--seed <STUDENT>", "other numbers and geometries for the check: any word", "")
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

async function runExercise(layer: string, options: ExerciseOptions): Promise<void> {
  const known = catalog.map((entry) => entry.layer);
  if (!known.includes(layer)) rejectName("exercise", "a layer", known, layer);
  const file = `${layerFile(layer)}.ts`;
  const folder = options.out ?? `exercise-${layer}`;
  const source = readText(join(PACKAGE, "src", "backprop", file));
  if (options.python === true) {
    const tags = emptyBackward(source).functions.flatMap(({ equations }) =>
      equations.map(({ tag }) => tag),
    );
    await writePythonExercise({ layer, tags, ...options });
  } else if (options.hint !== undefined)
    showHint(source, options.hint === true ? 1 : options.hint, options.json === true);
  else if (options.check === true) await check(layer, join(folder, file), options);
  else writeExercise(layer, file, folder, source, options.json === true);
}

function writeExercise(
  layer: string,
  file: string,
  folder: string,
  source: string,
  json: boolean,
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
  const { text, functions } = emptyBackward(source);
  const hints = allHints(source);
  makeFolder(folder);
  writeFileWhole(join(folder, file), `${TOOLBOX}\n${text}`);
  writeFileWhole(join(folder, "check.mjs"), checkScript(layer));
  const chapters = [
    ...new Set(functions.flatMap(({ equations }) => equations.map(({ tag }) => pageOf(tag)))),
  ];
  const shown = relative("", resolve(folder)) || ".";
  if (json)
    return printJson({
      layer,
      file: join(shown, file),
      check: join(shown, "check.mjs"),
      functions: functions.map(({ name }) => name),
      hints: hints.length,
    });
  printText(
    `${join(shown, file)}: ${layer} with its backward taken out. Yours to write: ` +
      `${functions.map(({ name }) => name).join(", ")}.`,
  );
  printText(
    `Derive it first, on paper; then compare with ` +
      `${chapters.map((name) => `derivations/${name}.md`).join(", ")}.`,
  );
  printText("The comment at its top says what to write it with.\n");
  const command = `  node ${join(shown, "check.mjs")}`;
  const hint = `${command} --hint 1`;
  printText(`${command.padEnd(hint.length)}  checks what is there, as often as you like`, 6);
  printText(`${hint}  the first of ${hints.length} hints; the last ones give it away`, 6);
}

/** The checker calls the engine that wrote it, wherever the folder lies. */
function checkScript(layer: string): string {
  const name = JSON.stringify(layer);
  return `// Checks ${layer}: node check.mjs, or node check.mjs --hint 1 for the first hint.
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runProgram } from ${JSON.stringify(new URL("./program.js", import.meta.url).href)};

const here = dirname(fileURLToPath(import.meta.url));
const asked = process.argv.slice(2);
const what = asked.some((word) => word.startsWith("--hint")) ? asked : ["--check", ...asked];
process.exitCode = await runProgram(["exercise", ${name}, "--out", here, ...what], "");
`;
}

function allHints(source: string): readonly Hint[] {
  const folder = join(PACKAGE, "derivations");
  const chapters = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith(".md"))
      .map((name) => [name.slice(0, -".md".length), readText(join(folder, name))]),
  );
  const cited = [...source.matchAll(/\(([\w-]+\.\d+[a-z]?)\) \S/g)].map((found) => found[1]!);
  return hintsFor(emptyBackward(source).functions, chapters, cited);
}

function showHint(source: string, number: number, json: boolean): void {
  const hints = allHints(source);
  const hint =
    hints[number - 1] ?? reject("--hint", `a hint from 1 to ${hints.length}`, String(number));
  if (json) return printJson({ hint: number, hints: hints.length, ...hint });
  const text = widthOf(process.stdout) === Infinity ? hint.text : unfold(hint.text);
  printText(`hint ${number} of ${hints.length}: ${hint.about}\n\n${text}`);
}

async function check(
  layer: string,
  file: string,
  { json = false, seconds }: ExerciseOptions,
): Promise<void> {
  const code = await stripTypes(readText(file), file);
  const graded = await gradeIn(layer, file, code, seconds);
  if (graded === null) return;
  const { grades, stop } = graded;
  if (stop !== null) printStop(file, stop.message, stop.line);
  const isUntouched = readText(file).includes("return {} as never;");
  for (const grade of grades) {
    if (json) printJson(gradeJson(layer, grade));
    else printText(formatGrade(grade, isUntouched), GRADE_TEXT);
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

/** @returns null when the code did not run to its end; the reason was printed */
async function gradeIn(
  layer: string,
  file: string,
  code: string,
  seconds: number,
): Promise<Graded | null> {
  const [module, grader] = ["../backprop/", "../checks/exercises/grade.js"].map(
    (path) => new URL(path, import.meta.url).href,
  ) as [string, string];
  const name = `${basename(file, ".ts")}.js`;
  try {
    return (await runVariant({
      texts: new Map([[module + name, code]]),
      module: grader,
      input: { layer, source: resolve(file) } satisfies GradeInput,
      source: resolve(file),
      seconds,
    })) as Graded;
  } catch (error) {
    if (!(error instanceof VariantFailure)) throw error;
    printStop(file, error.message, error.line);
    process.exitCode = 1;
    return null;
  }
}

/** What the reader's code threw, and where. */
function printStop(file: string, message: string, line: number | null): void {
  printError(
    `leibniz: ${file}${line === null ? "" : `:${line}`}: expected a backward pass that runs, but ` +
      `it stopped: ${message.replaceAll("\n", " ")}${importHint(message)}`,
  );
}

/** How a name comes in that nobody imported. */
function importHint(message: string): string {
  const name = /^(\w+) is not defined$/.exec(message)?.[1];
  return name !== undefined && name in tensors ? `; import { ${name} } from "leibniz/tensor"` : "";
}
