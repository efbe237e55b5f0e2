import { reject } from "../tensor/index.js";

/**
 * Reads a list of training images, to be used in its order: a JSON array of different indices.
 *
 * @param text the file
 * @param total how many images there are to choose from
 * @param where the file's name, for messages
 * @throws InputError on anything else, naming the first place that is wrong
 */
export function parseSubset(text: string, total: number, where: string): Uint32Array {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    reject(where, "a JSON array of indices", JSON.stringify(text.slice(0, 40)));
  }
  if (!Array.isArray(value) || value.length === 0)
    reject(where, "a JSON array with at least one index", text.trim().slice(0, 40));
  const seen = new Set<unknown>();
  value.forEach((index: unknown, position) => {
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= total) {
      reject(where, `indices from 0 to ${total - 1}`, `${describe(index)} at position ${position}`);
    }
    if (seen.has(index))
      reject(where, "each index once", `${String(index)} again at position ${position}`);
    seen.add(index);
  });
  return Uint32Array.from(value as number[]);
}

/**
 * An entry for a message. Arrays and objects are not written out: nested deep enough, they overflow
 * the stack of JSON.stringify.
 */
function describe(entry: unknown): string {
  if (Array.isArray(entry)) return "an array";
  return typeof entry === "object" && entry !== null
    ? "an object"
    : JSON.stringify(entry).slice(0, 40);
}
