/** What the classes of a weights file are called. */
import type { Safetensors } from "../network/index.js";
import { reject, shown } from "../tensor/index.js";
import { readRecipe } from "../training/index.js";

/**
 * What a file calls its classes: in the recipe of the run that it is from, or in `classNames` of
 * its metadata, a JSON array, as a program can tell `saveNetwork`.
 *
 * @returns null where it says nothing
 * @throws InputError when it says something else
 */
export function classNamesIn({ metadata }: Safetensors, path: string): readonly string[] | null {
  const { wholeRecipe, classNames } = metadata;
  if (wholeRecipe !== undefined)
    return readRecipe(wholeRecipe, `${path}: wholeRecipe`).classNames ?? null;
  if (classNames === undefined) return null;
  const names = fromJson(classNames);
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  return reject(`${path}: metadata classNames`, "a JSON array of texts", shown(classNames));
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
