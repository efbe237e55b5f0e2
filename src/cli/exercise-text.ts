/** A layer as an exercise: its file with the reader's places in it, and the hints that lead there. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  emptyBackward,
  type Hint,
  hintsFor,
  leaveOutLine,
  pageOf,
  stepsOf,
  toolboxOf,
} from "../checks/index.js";
import { layerFile } from "../gradcheck/index.js";
import { readText } from "./files.js";

/** How much is to be written: 1 a line of the backward pass, 2 all of it. */
export type Level = 1 | 2;

/** The one that is meant where none is named. */
export const USUAL_LEVEL: Level = 2;

/** All of them, as an option has them. */
export const levels: readonly Level[] = [1, 2];

/** What a reader is given. */
export interface ExerciseText {
  /** `conv2d.ts` */
  readonly file: string;
  /** What is in it. */
  readonly text: string;
  /** The functions with something to write. */
  readonly functions: readonly string[];
  /** What the places to fill are, for people: `conv2d with its backward taken out`. */
  readonly task: string;
  /** The chapters, and parts of them, that derive it, without `.md`. */
  readonly pages: readonly string[];
  /** From the first question to the solution. */
  readonly hints: readonly Hint[];
}

/** The package's own folder, where the chapters and the sources lie. */
const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

/** The folder that an exercise is written to, unless another is named. */
export function exerciseFolder(layer: string, level: Level): string {
  return `exercise-${layer}${level === USUAL_LEVEL ? "" : `-${level}`}`;
}

/** @param layer as the catalog calls it */
export function exerciseText(layer: string, level: Level): ExerciseText {
  const file = `${layerFile(layer)}.ts`;
  const backprop = textsIn(join(PACKAGE, "src", "backprop"), ".ts");
  const source = backprop.get(layerFile(layer))!;
  const { line, steps } = stepsOf[layer]!;
  const exercise = level === 1 ? leaveOutLine(source, line) : emptyBackward(source);
  const { text, functions } = exercise;
  const names = functions.map(({ name }) => name);
  const toolbox = toolboxOf(exercise, {
    sources: [...backprop.values()],
    ...(level === 1 && { line }),
  });
  const tags = functions.flatMap(({ equations }) => equations.map(({ tag }) => tag));
  const chapters = textsIn(join(PACKAGE, "derivations"), ".md");
  return {
    file,
    text: `${toolbox}\n${text}`,
    functions: names,
    task:
      level === 1
        ? `${layer} without one line, that of (${line}). It is yours to write, in ${names.join(", ")}.`
        : `${layer} with its backward taken out. Yours to write: ${names.join(", ")}.`,
    pages: [...new Set(tags.map(pageOf))],
    hints: hintsFor(functions, { steps, chapters }),
  };
}

/** The texts of a folder by the names of their files, without the extension. */
function textsIn(folder: string, extension: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith(extension))
      .map((name) => [name.slice(0, -extension.length), readText(join(folder, name))]),
  );
}
