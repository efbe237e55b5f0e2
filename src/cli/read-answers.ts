/** What came back of an exercise in NumPy: a folder's answers, each in place of its case. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { gradientName } from "../backprop/index.js";
import { indexOf, placeIn, returnedShapes, shapeProblem } from "../checks/index.js";
import { parseNpy, shownName } from "../data/index.js";
import { formatShape, InputError, sameShape, Tensor } from "../tensor/index.js";
import { changedGiven, readDrawn } from "./drawn-cases.js";
import { onFailure, readFile } from "./files.js";
import { LARGEST_ARRAY, type NumpyCase, numpyCases, wantedGradients } from "./numpy-cases.js";

/** A case, and what came back. */
export interface AnsweredCase extends NumpyCase {
  /**
   * By the gradient's name, `dX`: a tensor of the shape of what it belongs to, float32 or float64;
   * null where nothing was written yet; or why there is nothing to compare. A gradient of what is
   * not there, such as a bias, is here only if a file has it.
   */
  readonly answers: Readonly<Record<string, Tensor | string | null>>;
}

/** All that a folder has to say. */
export interface Answers {
  /** Whose numbers they are; `""` for everybody's. */
  readonly seed: string;
  readonly cases: readonly AnsweredCase[];
  /** What is strange about the folder, a line each. */
  readonly notes: readonly string[];
}

/** So many wrong names say enough. */
const SHOWN_NAMES = 5;

/**
 * @param folder as `leibniz exercise LAYER --python` wrote it
 * @throws InputError when it is no such folder, or its cases cannot be drawn again
 */
export async function readAnswers(layer: string, folder: string): Promise<Answers> {
  const drawn = readDrawn(layer, folder);
  const cases = await numpyCases(layer, drawn.seed);
  const notes = changedGiven(cases, folder, drawn);
  const wanted = wantedGradients(layer);
  const strange = strangeNames(folder, cases, wanted);
  if (strange.length > 0)
    notes.push(
      `${join(folder, "answers")}: expected ${wanted.map((name) => `${name}.npy`).join(", ")} ` +
        `for each case, got ${listed(strange)} as well`,
    );
  const begun = wanted.filter((name) =>
    cases.some(({ number }) => existsSync(answerFile(folder, number, name))),
  );
  return {
    seed: drawn.seed,
    cases: cases.map((one) => ({ ...one, answers: answersOf(layer, one, folder, wanted, begun) })),
    notes,
  };
}

/** @param begun gradients of which there is a file in some case */
function answersOf(
  layer: string,
  one: NumpyCase,
  folder: string,
  wanted: readonly string[],
  begun: readonly string[],
): AnsweredCase["answers"] {
  const answers: Record<string, Tensor | string | null> = {};
  for (const name of wanted) {
    const path = answerFile(folder, one.number, name);
    if (existsSync(path)) answers[name] = readAnswer(layer, one, name, path);
    else if (inputOf(one, name) !== undefined)
      answers[name] = begun.includes(name) ? `there is no ${path}` : null;
  }
  return answers;
}

function answerFile(folder: string, number: number, gradient: string): string {
  return join(folder, "answers", String(number), `${gradient}.npy`);
}

/** What the gradient belongs to, if it is there in this case. */
function inputOf({ inputs }: NumpyCase, gradient: string): Tensor | undefined {
  return Object.entries(inputs).find(([name]) => gradientName(name) === gradient)?.[1];
}

/** @returns why it cannot be compared, where it cannot */
function readAnswer(
  layer: string,
  one: NumpyCase,
  gradient: string,
  path: string,
): Tensor | string {
  try {
    const { shape, data, type } = parseNpy(readFile(path, LARGEST_ARRAY), path, "float64");
    if (type !== "float64" && type !== "float32")
      return `${path}: expected float64 or float32, got ${type}; save it .astype("float64")`;
    const due = returnedShapes(layer, one.given)[gradient]!;
    if (!sameShape(shape, due)) return `${path}: ${shapeProblem(shape, due)}`;
    const at = Array.from(data).findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      const place = formatShape(indexOf(at, shape));
      return `${path}: expected finite numbers, got ${data[at]} at ${place}`;
    }
    return Tensor.from(data, inputOf(one, gradient)?.shape ?? shape, type);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/** The place of an entry in the shape that a learner's array has, which may be flat. */
export function placeInAnswer(
  layer: string,
  { given }: NumpyCase,
  gradient: string,
  index: readonly number[],
  shape: readonly number[],
): { shape: readonly number[]; index: readonly number[] } {
  return placeIn(returnedShapes(layer, given)[gradient]!, index, shape);
}

/** Files in `answers` under a name that nobody asked for, such as `dx.npy`. */
function strangeNames(
  folder: string,
  cases: readonly NumpyCase[],
  wanted: readonly string[],
): string[] {
  const names = cases.flatMap(({ number }) => {
    const answers = join(folder, "answers", String(number));
    return onFailure(`cannot read ${answers}`, () => {
      const found = statSync(answers, { throwIfNoEntry: false });
      return found?.isDirectory() === true ? readdirSync(answers) : [];
    });
  });
  const known = wanted.map((name) => `${name}.npy`);
  return [...new Set(names)].filter((name) => !known.includes(name)).sort();
}

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES;
  const shown = names.slice(0, SHOWN_NAMES).map(shownName).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
