/** Which cases a folder was written with: its list of them, and whether they are still there. */
import { join } from "node:path";
import { shownName } from "../data/index.js";
import { InputError, reject } from "../tensor/index.js";
import { CASES_FILE } from "./exercise-python.js";
import { readFile } from "./files.js";
import { digestOf, givenFile, LARGEST_ARRAY, type NumpyCase, ownVersion } from "./numpy-cases.js";

/** The names and checksums of the cases are far less. */
const LARGEST_LIST = 2 ** 20;

/** What a folder says about itself. */
export interface Drawn {
  /** Whose numbers they are; `""` for everybody's. */
  readonly seed: string;
  /** The version of leibniz that drew them. */
  readonly version: string;
  /** The checksum of each file with cases, as it was written. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** @throws InputError when there is no list, or it is another layer's */
export function readDrawn(layer: string, folder: string): Drawn {
  const path = join(folder, CASES_FILE);
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
  if (typeof seed !== "string") return reject(path, list, "another seed");
  if (of !== layer)
    reject(path, `an exercise of ${layer}`, `one of ${shownName(of)}`, "name its own layer");
  return { seed, version, given };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/**
 * @returns a line for each file that is no longer as it was written
 * @throws InputError when another version drew other numbers: every answer to them would be wrong
 */
export function changedGiven(
  cases: readonly NumpyCase[],
  folder: string,
  { version, given }: Drawn,
): string[] {
  return cases.flatMap((one) => {
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
      if (digestOf(readFile(path, LARGEST_ARRAY)) === due) return [];
      return [`${path}: it is not as leibniz wrote it; answers are compared with what was written`];
    } catch (error) {
      if (error instanceof InputError) return [error.message];
      throw error;
    }
  });
}
