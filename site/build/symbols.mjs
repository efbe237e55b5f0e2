/** What the letters and names of formulas mean, from the tables of notation.md. */
import { read } from "./places.mjs";

/** Names that all chapters use, with their shapes. */
export const TENSORS = {
  x: ["the input of a layer", "[N, C, H, W]"],
  weight: ["the filters, or the weights of an affine layer", "[K, C, kH, kW] or [O, I]"],
  bias: ["a number that is added to each output of a filter", "[K] or [O]"],
  out: ["the output of a layer", "[N, K, outH, outW]"],
  cols: ["the windows of an image as the columns of a matrix", "[N, R, P]"],
  filters: ["the weight as a matrix, a row for each filter", "[K, R]"],
};

/** The name with a d in front: the gradient of the loss with respect to it. */
const gradientOf = (name) => `d${name[0].toUpperCase()}${name.slice(1)}`;

/**
 * Symbols with their meaning and shape, as the page shows them.
 *
 * @returns {Record<string, { meaning: string, shape?: string }>}
 */
export function symbols() {
  const found = {};
  for (const [letter, counts, index, over] of letterRows()) {
    for (const name of letter.split(", ")) found[name] = { meaning: counts };
    for (const name of index.split(", ")) found[name] ??= { meaning: `an index over ${over}` };
  }
  for (const [name, [meaning, shape]] of Object.entries(TENSORS)) {
    found[name] = { meaning, shape };
    found[gradientOf(name)] = {
      meaning: `the gradient of the loss with respect to ${name}`,
      shape,
    };
  }
  return found;
}

/** The rows of the first table: letter, what it counts, its index, what that runs over. */
export function letterRows() {
  const [, table] = /^\| letter \|.*\n\|[-| ]+\n((?:\|.*\n)+)/m.exec(
    read("derivations/notation.md"),
  );
  return table
    .trim()
    .split("\n")
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
