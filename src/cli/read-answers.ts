/** What came back of an exercise in NumPy: a folder's answers, each in place of its case. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gradientName } from "../backprop/index.js";
import { returnedShapes, shapeProblem } from "../checks/index.js";
import { parseNpy, shownName } from "../data/index.js";
import { formatShape, InputError, reject, sameShape, Tensor } from "../tensor/index.js";
import { CASES_FILE } from "./exercise-python.js";
import { onFailure, readFile, readText } from "./files.js";
import {
  digestOf,
  givenFile,
  type NumpyCase,
  numpyCases,
  ownVersion,
  wantedGradients,
} from "./numpy-cases.js";

/** A case, and what came back. */
export interface AnsweredCase extends NumpyCase {
  /**
   * By the gradient's name: `dX`. A tensor of the shape of what it belongs to, float32 or float64;
   * null where there is no such file; or why it cannot be compared.
   */
  readonly answers: Readonly<Record<string, Tensor | string | null>>;
}

/** All that a folder has to say. */
export interface Answers {
  /** Whose numbers they are; null for everybody's. */
  readonly seed: string | null;
  readonly cases: readonly AnsweredCase[];
  /** What is strange about the folder, a line each. */
  readonly notes: readonly string[];
}

/** Many times as much as any answer here needs, even one in which nothing was summed. */
const LARGEST = 2 ** 24;
/** The names and checksums of the cases are far less. */
const LARGEST_LIST = 2 ** 20;
/** So many wrong names say enough. */
const SHOWN_NAMES = 5;

/** What a folder says about itself. */
interface Drawn {
  readonly seed: string | null;
  readonly version: string;
  /** The checksum of each file with cases, as it was written. */
  readonly given: Readonly<Record<string, unknown>>;
}

/**
 * @param folder as `leibniz exercise LAYER --python` wrote it
 * @throws InputError when it is no such folder, or its cases cannot be drawn again
 */
export async function readAnswers(layer: string, folder: string): Promise<Answers> {
  const drawn = readDrawn(layer, join(folder, CASES_FILE));
  const cases = await numpyCases(layer, drawn.seed);
  const changed = cases.flatMap((one) => changedGiven(one, folder, drawn));
  const wanted = wantedGradients(layer);
  const strange = strangeNames(folder, cases, wanted);
  const unknown =
    strange.length === 0
      ? []
      : [
          `${join(folder, "answers")}: expected ${wanted.map((name) => `${name}.npy`).join(", ")} ` +
            `for each case, got ${listed(strange)} as well`,
        ];
  const files = new Map(
    wanted.map((name) => [name, cases.map(({ number }) => answerFile(folder, number, name))]),
  );
  const answers = cases.map((one, i) =>
    Object.fromEntries(
      wanted.flatMap((name) => {
        const paths = files.get(name)!;
        const answer = readAnswer(layer, one, name, paths[i]!);
        if (answer !== null) return [[name, answer] as const];
        if (!hasInput(one, name)) return [];
        const isBegun = paths.some((path) => existsSync(path));
        return [[name, isBegun ? `there is no ${paths[i]!}` : null] as const];
      }),
    ),
  );
  return {
    seed: drawn.seed,
    cases: cases.map((one, i) => ({ ...one, answers: answers[i]! })),
    notes: [...changed, ...unknown],
  };
}

function answerFile(folder: string, number: number, gradient: string): string {
  return join(folder, "answers", String(number), `${gradient}.npy`);
}

/** Whether there is, in this case, what the gradient belongs to. */
function hasInput({ inputs }: NumpyCase, gradient: string): boolean {
  return Object.keys(inputs).some((name) => gradientName(name) === gradient);
}

/** @returns null where there is no such file */
function readAnswer(
  layer: string,
  one: NumpyCase,
  gradient: string,
  path: string,
): Tensor | string | null {
  if (!existsSync(path)) return null;
  try {
    const { shape, data, type } = parseNpy(readFile(path, LARGEST), path, "float64");
    if (!(data instanceof Float64Array || data instanceof Float32Array))
      return `${path}: expected float64 or float32, got ${type}; save it .astype("float64")`;
    const due = returnedShapes(layer, one.given)[gradient]!;
    if (!sameShape(shape, due)) return `${path}: ${shapeProblem(shape, due)}`;
    const tensor = Tensor.from(data, shape, type as "float64" | "float32");
    const at = data.findIndex((value: number) => !Number.isFinite(value));
    if (at >= 0)
      return `${path}: expected finite numbers, got ${data[at]} at ${placeOf(at, shape)}`;
    const input = Object.entries(one.inputs).find(([name]) => gradientName(name) === gradient);
    return input === undefined ? tensor : tensor.reshape(input[1].shape);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

function placeOf(entry: number, shape: readonly number[]): string {
  const index: number[] = [];
  let rest = entry;
  for (const extent of [...shape].reverse()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return formatShape(index);
}

function readDrawn(layer: string, path: string): Drawn {
  const list = "what leibniz exercise --python wrote there";
  let read: unknown;
  try {
    read = JSON.parse(new TextDecoder().decode(readFile(path, LARGEST_LIST)));
  } catch (error) {
    if (error instanceof SyntaxError) return reject(path, list, "something that is no JSON");
    throw error;
  }
  const { layer: of, seed, version, given } = (read ?? {}) as Record<string, unknown>;
  if (typeof of !== "string" || typeof version !== "string" || !isRecord(given))
    return reject(path, list, "other JSON");
  if (seed !== null && typeof seed !== "string") return reject(path, list, "another seed");
  if (of !== layer)
    reject(path, `an exercise of ${layer}`, `one of ${shownName(of)}`, "name its own layer");
  return { seed, version, given };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** @throws InputError when another version drew other numbers: every answer to them would be wrong */
function changedGiven(one: NumpyCase, folder: string, { version, given }: Drawn): string[] {
  const name = `${one.number}.npz`;
  const due = digestOf(givenFile(one));
  if (given[name] !== due)
    reject(
      join(folder, CASES_FILE),
      `the cases of leibniz ${ownVersion()}`,
      version === ownVersion() ? "others" : `those of leibniz ${shownName(version)}`,
      "let that version check them, or write the exercise again",
    );
  const path = join(folder, "given", name);
  try {
    if (digestOf(readFile(path, LARGEST)) === due) return [];
    return [`${path}: it is not as leibniz wrote it; the answers are compared with what was written`];
  } catch (error) {
    if (error instanceof InputError) return [error.message];
    throw error;
  }
}

/** Files in `answers` under a name that nobody asked for, such as `dx.npy`. */
function strangeNames(
  folder: string,
  cases: readonly NumpyCase[],
  wanted: readonly string[],
): string[] {
  const names = cases.flatMap(({ number }) => {
    const answers = join(folder, "answers", String(number));
    if (!existsSync(answers)) return [];
    return onFailure(`cannot read ${answers}`, () => readdirSync(answers));
  });
  const known = wanted.map((name) => `${name}.npy`);
  return [...new Set(names)].filter((name) => !known.includes(name)).sort();
}

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES;
  const shown = names.slice(0, SHOWN_NAMES).map(shownName).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
