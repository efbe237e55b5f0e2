/** Runs the check of an exercise in a process of its own, whatever the reader's code does there. */
import { basename, resolve } from "node:path";
import { gradientName } from "../backprop/index.js";
import {
  exerciseCases,
  type Grade,
  type Graded,
  type GradedSoFar,
  type GradeInput,
  runVariant,
  type Stop,
  VariantFailure,
  type VariantTask,
} from "../checks/index.js";
import { catalog, layerFile } from "../gradcheck/index.js";
import * as tensors from "../tensor/index.js";
import { formatOptions } from "./exercise-grades.js";
import { printError } from "./terminal.js";

/** Many times more than the check of any layer takes. */
const MOST_BYTES = 1.5 * 2 ** 30;

/**
 * @param file the reader's
 * @param code as JavaScript
 * @returns what came of it, also when the code did not run to its end
 */
export async function gradeIn(
  input: GradeInput,
  file: string,
  code: string,
  seconds: number,
): Promise<Graded> {
  const compiled = (path: string): string => new URL(`../${path}`, import.meta.url).href;
  const replaced =
    input.level === 3 ? "checks/exercises/learner.js" : `backprop/${basename(file, ".ts")}.js`;
  const task: VariantTask = {
    texts: new Map([[compiled(replaced), code]]),
    module: compiled("checks/exercises/grade-alone.js"),
    input,
    source: resolve(file),
    seconds,
    mostBytes: MOST_BYTES,
  };
  let soFar: GradedSoFar | null = null;
  try {
    return (await runVariant(task, (told) => {
      soFar = told as GradedSoFar;
    })) as Graded;
  } catch (error) {
    if (!(error instanceof VariantFailure)) throw error;
    return stoppedGrades(input, error, soFar);
  }
}

/** Grades of code that ended the whole check: nothing is known of any gradient. */
function stoppedGrades(
  { layer, seed }: GradeInput,
  { message, line }: VariantFailure,
  soFar: GradedSoFar | null,
): Graded {
  const entry = catalog.find((one) => one.layer === layer)!;
  const { constants = [] } = entry;
  const { of: cases = 0, geometry = 1 } = soFar ?? {};
  const stops = cases - (geometry - 1);
  const names = new Set(exerciseCases(entry, seed).cases.flatMap((one) => Object.keys(one.inputs)));
  const grades = [...names]
    .filter((name) => !constants.includes(name))
    .map(
      (name): Grade => ({
        gradient: gradientName(name),
        isRight: false,
        problem: null,
        problemOptions: null,
        diagnosis: null,
        cases,
        wrong: stops,
        stops,
        shown: null,
      }),
    );
  const stop = { message: `${message}${soFar === null ? "" : placeOf(soFar)}`, line, options: {} };
  return { grades, stop };
}

function placeOf({ geometry, of, options }: GradedSoFar): string {
  const said = formatOptions(options);
  return `; that was in geometry ${geometry} of ${of}${said === null ? "" : `, ${said}`}`;
}

/** Says what the reader's code threw, and where. */
export function printStop(layer: string, file: string, { message, line, options }: Stop): void {
  const place = line === null ? "" : `:${line}`;
  const said = missingExport(layer, message) ?? message;
  const geometry = formatOptions(options);
  const hint = `${importHint(message)}${returnHint(message, line)}`;
  printError(
    `leibniz: ${file}${place}: expected a backward pass that runs, but it stopped: ${said}${hint}` +
      (geometry === null ? "" : `, ${geometry}`),
  );
}

/** Node's words for a name that other files import from the reader's, in ours. */
function missingExport(layer: string, message: string): string | null {
  const own = `'./${layerFile(layer)}.js' does not provide an export named '`;
  const [, name] = message.split(own);
  return name === undefined
    ? null
    : `it no longer exports ${name.replace(/'.*$/, "")}, which the exercise as it was given does`;
}

/** How a name comes in that nobody imported. */
function importHint(message: string): string {
  const name = /^(\w+) is not defined$/.exec(message)?.[1];
  return name !== undefined && name in tensors ? `; import { ${name} } from "leibniz/tensor"` : "";
}

/** Whoever calls the reader's function finds nothing there. */
function returnHint(message: string, line: number | null): string {
  const isNothing = /^Cannot (?:read properties|destructure .*) of '?.*\b(?:undefined|null)\b/;
  return line === null && isNothing.test(message) ? "; is the return missing?" : "";
}
