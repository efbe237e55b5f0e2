/** Layers as people type them: `max-pool2d`, `MaxPool2d`, `maxpool`. */
import { catalog } from "../gradcheck/index.js";
import { reject } from "../tensor/index.js";
import { rejectName } from "./nearest.js";

/** What other libraries and papers call them, and for short, in letters alone and without axes. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  avgpool: "averagePool2d",
  bn: "batchNorm",
  ce: "softmaxCrossEntropy",
  softmaxce: "softmaxCrossEntropy",
  dense: "affine",
  fc: "affine",
  gap: "globalAveragePool2d",
  globalavgpool: "globalAveragePool2d",
  linear: "affine",
  ln: "layerNorm",
  lrelu: "leakyRelu",
  mse: "meanSquaredError",
  swish: "silu",
};

/** As few letters as may stand for a longer name. */
const PART = 3;

/**
 * The layer of the catalog that a name means: whatever its case and signs, without its `2d`, as
 * other libraries call it, or the beginning or a part of one name alone.
 *
 * @throws InputError when there is none, or more than one; it says which it may be
 */
export function layerNamed(where: string, typed: string): string {
  const names = catalog.map(({ layer }) => layer);
  if (names.includes(typed)) return typed;
  const given = lettersOf(typed);
  const letters = lettersOf(OTHER_NAMES[withoutAxes(given)] ?? given);
  const rules: readonly ((name: string) => boolean)[] = [
    (name) => name === letters,
    (name) => withoutAxes(name) === letters,
    (name) => letters.length >= PART && name.startsWith(letters),
    (name) => letters.length >= PART && name.includes(letters),
  ];
  for (const rule of rules) {
    const found = names.filter((name) => rule(lettersOf(name)));
    if (found.length === 1) return found[0]!;
    if (found.length > 1)
      reject(where, "one layer", JSON.stringify(typed), `did you mean ${list(found)}?`);
  }
  return rejectName(where, "a layer", names, typed);
}

const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

const withoutAxes = (letters: string): string => letters.replace(/[12]d$/, "");

function list(names: readonly string[]): string {
  return [names.slice(0, -1).join(", "), names.at(-1)!].join(" or ");
}
