/**
 * Mutations: small mistakes, planted in the source of a block or of a function: each sign, each
 * factor, each order of two indices. A check is worth something if it notices all of them.
 */

/** A piece of a text. */
export interface Place {
  /** Where it begins, in characters (UTF-16 units) from the start of the text. */
  readonly at: number;
  /** How many characters it has. */
  readonly length: number;
}

/** One small mistake in a text. */
export interface Mutation {
  /** What was changed, for a message: `x(n, i) → x(i, n)`. */
  readonly change: string;
  /** The whole text with the mistake in it. */
  readonly source: string;
  /** Where the change begins. */
  readonly at: number;
  /** The two arguments of a call that were exchanged, as they lie in the right text. */
  readonly exchanged?: readonly [Place, Place];
}

/** In these, the order of the arguments says nothing. */
const SYMMETRIC = [
  "delta",
  "equals",
  "sameShape",
  "add",
  "multiply",
  "max",
  "min",
  "each",
  "sum",
  "product",
  "largest",
  "random",
  "function",
  "if",
  "for",
  "while",
  "return",
];

/**
 * All mutations of a source text: each sign, factor, number, transpose and order of two arguments,
 * one at a time. Comments, strings and templates stay as they are.
 */
export function mutationsOf(source: string): Mutation[] {
  const code = blanked(source);
  const found: Mutation[] = [];
  const replace = (
    at: number,
    length: number,
    by: string,
    exchanged?: readonly [Place, Place],
  ): void => {
    const mutated = source.slice(0, at) + by + source.slice(at + length);
    const change = `${excerpt(source, at, length)} → ${excerpt(mutated, at, by.length)}`;
    found.push({ change, source: mutated, at, ...(exchanged && { exchanged }) });
  };
  for (const { index, 1: left, 2: sign } of code.matchAll(/([\w)\]]\s+)([+-])(?=\s+[\w(-])/g))
    replace(index + left!.length, 1, sign === "+" ? "-" : "+");
  for (const { index, 1: before } of code.matchAll(/(^|[=([,?:>*/+]\s*|\breturn\s+)-(?=[\w(])/gm))
    replace(index + before!.length, 1, "");
  for (const { index } of code.matchAll(/ \* /g)) replace(index, 3, " * 2 * ");
  for (const { index } of code.matchAll(/ \/ /g)) replace(index, 3, " / 2 / ");
  for (const { index } of code.matchAll(
    /(?<![\w.])(?:sum|product|largest|delta|indicator|derivative|slope)\(/g,
  ))
    replace(index, 0, "2 * ");
  for (const { index, 0: transposed } of code.matchAll(/\.transpose\(\)/g))
    replace(index, transposed.length, "");
  for (const { index, 0: number } of code.matchAll(/(?<![\w.$])\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.])/g))
    replace(index, number.length, String(Number(number) + 1));
  for (const { index, 1: name, 2: list } of code.matchAll(
    /\b([\w$]+)\(((?:\s*[\w$.]+\s*,)+\s*[\w$.]+\s*)\)(?!\s*=>)/g,
  )) {
    if (
      SYMMETRIC.includes(name!) ||
      code
        .slice(index + name!.length + list!.length + 2)
        .trimStart()
        .startsWith("{")
    )
      continue;
    const start = index + name!.length + 1;
    const places = [...list!.matchAll(/[\w$.]+/g)].map(({ index: from, 0: word }) => ({
      word,
      at: start + from,
      length: word.length,
    }));
    const words = places.map(({ word }) => word);
    for (let i = 1; i < words.length; i++) {
      if (words[i] === words[i - 1]) continue;
      const swapped = words.with(i - 1, words[i]!).with(i, words[i - 1]!);
      replace(start, list!.length, swapped.join(", "), [places[i - 1]!, places[i]!]);
    }
  }
  return found;
}

/** The text with comments, strings and templates blanked; positions stay. */
function blanked(source: string): string {
  return source.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g,
    (text) => text.replace(/[^\n]/g, " "),
  );
}

/** A few characters around a place. */
function excerpt(text: string, at: number, length: number): string {
  return text
    .slice(Math.max(0, at - 12), at + length + 12)
    .replace(/\s+/g, " ")
    .trim();
}
