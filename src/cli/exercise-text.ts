/** A layer as an exercise: its file with the reader's places in it, and the hints. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  emptyBackward,
  emptyLoops,
  type Exercise,
  type Hint,
  hintsFor,
  hintsForLoops,
  leaveOutLine,
  stepHints,
  stepsOf,
  stepsToLoops,
  toolboxOf,
} from "../checks/index.js";
import { layerFile } from "../gradcheck/index.js";
import { readText } from "./files.js";

/** How much is to be written: 1 a line of the backward pass, 2 all of it, 3 all of it in loops. */
export type Level = 1 | 2 | 3;

/** The one that is meant where none is named. */
export const USUAL_LEVEL: Level = 2;

/** All of them, as an option has them. */
export const levels: readonly Level[] = [1, 2, 3];

/** What a reader is given. */
export interface ExerciseText {
  /** `conv2d.ts` */
  readonly file: string;
  /** What is in it. */
  readonly text: string;
  /** The functions with something to write. */
  readonly functions: readonly string[];
  /** What stands in their places. */
  readonly stubs: readonly string[];
  /** What the places to fill are, for people: `conv2d with its backward taken out`. */
  readonly task: string;
  /** The equations that are to be written: `conv2d.7`. */
  readonly tags: readonly string[];
  /** Reads the chapters: from the first question to the solution. */
  readonly hints: () => readonly Hint[];
}

/** The package's own folder, where the chapters and the sources lie. */
const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

/** The folder that an exercise is written to, unless another is named. */
export function exerciseFolder(layer: string, level: Level): string {
  return `exercise-${layer}${level === USUAL_LEVEL ? "" : `-${level}`}`;
}

/** Whether a reader's file is one of level 3. */
export function isInLoops(text: string): boolean {
  return /^export (?:async )?function backward\b/m.test(text);
}

/** @param layer as the catalog calls it */
export function exerciseText(layer: string, level: Level): ExerciseText {
  const file = `${layerFile(layer)}.ts`;
  const { exercise, text, task, hints } = level === 3 ? inLoops(layer) : inPrimitives(layer, level);
  const { functions } = exercise;
  return {
    file,
    text,
    functions: functions.map(({ name }) => name),
    stubs: functions.map(({ stub }) => stub.join("\n")),
    task,
    tags: functions.flatMap(({ equations }) => equations.map(({ tag }) => tag)),
    hints,
  };
}

interface Written extends Pick<ExerciseText, "text" | "task" | "hints"> {
  readonly exercise: Exercise;
}

function inPrimitives(layer: string, level: 1 | 2): Written {
  const backprop = textsIn(join(PACKAGE, "src", "backprop"), ".ts");
  const source = backprop.get(layerFile(layer))!;
  const { line, steps } = stepsOf[layer]!;
  const exercise = level === 1 ? leaveOutLine(source, line) : emptyBackward(source);
  const toolbox = toolboxOf(exercise, {
    sources: [...backprop.values()],
    ...(level === 1 && { line }),
  });
  const names = exercise.functions.map(({ name }) => name).join(", ");
  return {
    exercise,
    text: `${toolbox}\n${exercise.text}`,
    task:
      level === 1
        ? `${layer} without one line, that of (${line}). It is yours to write, in ${names}.`
        : `${layer} with its backward taken out. Yours to write: ${names}.`,
    hints: () => hintsFor(exercise.functions, { steps, chapters: readChapters() }),
  };
}

function inLoops(layer: string): Written {
  const loops = join(PACKAGE, "src", "checks", "exercises", "loops", `${layerFile(layer)}.ts`);
  const exercise = emptyLoops(layer, readText(loops));
  const equations = exercise.functions.flatMap((one) => one.equations.map(({ tag }) => tag));
  const steps = stepsToLoops(layer, stepsOf[layer]!, equations);
  return {
    exercise,
    text: exercise.text,
    task: `${layer} backward, in loops over nested arrays. Yours to write: backward.`,
    hints: () => hintsForLoops(exercise, stepHints("backward", steps, readChapters())),
  };
}

/** The text of each chapter and of its parts, by name. */
const readChapters = (): ReadonlyMap<string, string> =>
  textsIn(join(PACKAGE, "derivations"), ".md");

/** The texts of a folder by the names of their files, without the extension. */
function textsIn(folder: string, extension: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith(extension))
      .map((name) => [name.slice(0, -extension.length), readText(join(folder, name))]),
  );
}
