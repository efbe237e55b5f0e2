/** Options by name: what each may be, and how a slip in one is told. */
import { reject } from "./errors.js";
import { isPlain, shown } from "./what-is.js";

/** What one option may be. */
export interface Rule {
  /** For people, completes "expected kernelSize to be …". */
  readonly expected: string;
  /** Whether an option may have this value. */
  readonly accepts: (value: unknown) => boolean;
  /** Whether the option cannot be left out; false unless said. */
  readonly isRequired?: boolean;
}

/** A rule for each option. */
export type Rules<Options> = { readonly [Name in keyof Required<Options>]: Rule };

/** What other libraries call an option, or a layer. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  dense: "affine",
  dim: "axes",
  eps: "epsilon",
  filters: "outChannels",
  inputs: "x",
  label: "target",
  labels: "target",
  layers: "kinds",
  linear: "affine",
  lr: "learningRate",
  mse: "meanSquaredError",
  numFeatures: "channels",
  p: "probability",
  rate: "probability",
  strides: "stride",
  swish: "silu",
  targets: "target",
  units: "outFeatures",
  y: "target",
};

/** Names this many letters apart are taken for a slip. */
const SLIP = 2;

/** The option cannot be left out. */
export function required(rule: Rule): Rule {
  return { ...rule, isRequired: true };
}

/** A whole number from `least` to 2⁵³ − 1, from where on float64 has gaps. */
export function wholeNumber(least: number): Rule {
  return { expected: `a whole number ≥ ${least}`, accepts: isWhole(least) };
}

/** A whole number from `least` on for both axes, or two as [h, w]. */
export function pairOf(least: number): Rule {
  const accepts = (value: unknown): boolean =>
    isWhole(least)(value) ||
    (Array.isArray(value) && value.length === 2 && value.every(isWhole(least)));
  return { expected: `a whole number ≥ ${least}, or two of them as [h, w]`, accepts };
}

/** What the rule allows, or a word in its place. */
export function orWord(word: string, { expected, accepts }: Rule): Rule {
  return {
    expected: `${expected}, or "${word}"`,
    accepts: (value) => value === word || accepts(value),
  };
}

/** At least one extent, each of them at least 1. */
export const extents: Rule = {
  expected: "an array of whole numbers ≥ 1, at least one",
  accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(isWhole(1)),
};

/** Any number but NaN, ∞ and −∞. */
export const finite: Rule = { expected: "a finite number", accepts: Number.isFinite };

/** A number from 0 on, such as a learning rate: 0 is allowed, ∞ is not. */
export const notNegative: Rule = {
  expected: "a finite number ≥ 0",
  accepts: (value) => isFiniteNumber(value) && value >= 0,
};

/** A number above 0, such as the ε of a normalisation: neither 0 nor ∞. */
export const positive: Rule = {
  expected: "a finite number above 0",
  accepts: (value) => isFiniteNumber(value) && value > 0,
};

/** A share, from 0 to 1 with both ends. */
export const share: Rule = {
  expected: "a number from 0 to 1",
  accepts: (value) => isFiniteNumber(value) && value >= 0 && value <= 1,
};

/** A share that is not everything: from 0 to below 1. */
export const belowOne: Rule = {
  expected: "a number from 0 to below 1",
  accepts: (value) => isFiniteNumber(value) && value >= 0 && value < 1,
};

/** `true` or `false`; nothing else counts as one, not even 0 or 1. */
export const flag: Rule = {
  expected: "true or false",
  accepts: (value) => typeof value === "boolean",
};

/**
 * For options that are checked where they are used: every value is let through.
 *
 * @param expected what it should be, for when the option is missing
 */
export function anything(expected: string): Rule {
  return { expected, accepts: () => true };
}

/** One of some words, spelled exactly so. */
export function oneOf(values: readonly string[]): Rule {
  return {
    expected: values.map((value) => `"${value}"`).join(" or "),
    accepts: (value) => values.includes(value as string),
  };
}

/**
 * The options as they were given, without those that are `undefined`: these count as left out.
 *
 * @param where the function or class whose options they are
 * @throws InputError for a name that no rule knows, with the nearest one that is known; for a value
 *   that its rule does not accept; and for an option that is missing
 */
export function checkOptions<Options extends object>(
  where: string,
  given: Options,
  rules: Rules<Options>,
): Options {
  if (!isPlain(given))
    reject(
      where,
      `an object of options (${Object.keys(rules).join(", ")})`,
      shown(given),
      "axes" in rules && typeof given === "number" ? `{ axes: ${shown(given)} }` : undefined,
    );
  const checked: Partial<Options> = {};
  for (const name of Object.keys(given) as (keyof Options & string)[]) {
    if (!Object.hasOwn(rules, name)) rejectOption(where, name, Object.keys(rules));
    const [rule, value] = [rules[name], given[name]];
    if (value === undefined) continue;
    if (!rule.accepts(value)) reject(where, `${name} to be ${rule.expected}`, shown(value));
    checked[name] = Array.isArray(value) ? ([...value] as typeof value) : value; // not the caller's
  }
  for (const name of Object.keys(rules) as (keyof Options & string)[])
    if (rules[name].isRequired === true && checked[name] === undefined)
      reject(where, `${name}, ${rules[name].expected}`, "none");
  return checked as Options;
}

/**
 * Refuses an option that does not exist, with the nearest one that does.
 *
 * @param names those that there are
 * @throws InputError always: no option is called so
 */
export function rejectOption(where: string, name: string, names: readonly string[]): never {
  const nearest = nearestName(name, names);
  const hint = nearest === null ? undefined : `did you mean ${nearest}?`;
  const expected = names.length === 0 ? "no options" : `options among ${names.join(", ")}`;
  reject(where, expected, name, hint);
}

/** Letters that tell which name they are a part of. */
const PART = 3;

/**
 * The name that was meant, or null: what other libraries call it, one that differs by a slip, or
 * the shortest that it is a part of, such as `conv2d` for `conv`.
 */
export function nearestName(name: string, names: readonly string[]): string | null {
  const camel = name.replace(/_+([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const translated = OTHER_NAMES[camel.slice(0, 1).toLowerCase() + camel.slice(1)];
  if (translated !== undefined && names.includes(translated)) return translated;
  const letters = lettersOf(camel);
  const distances = names.map((known) => distance(letters, lettersOf(known)));
  const least = Math.min(...distances);
  const isSlip = least <= SLIP && least < letters.length / 2;
  if (isSlip) return names[distances.indexOf(least)]!;
  if (letters.length < PART) return null;
  const wholes = names.filter((known) => lettersOf(known).includes(letters));
  const begun = wholes.filter((known) => lettersOf(known).startsWith(letters));
  const shortest = (some: readonly string[]): string | null =>
    [...some].sort((a, b) => a.length - b.length)[0] ?? null;
  return shortest(begun) ?? shortest(wholes);
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, "");
}

/**
 * How many letters have to be put in, left out, replaced or exchanged with their neighbour
 * (Damerau and Levenshtein).
 */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > SLIP) return Infinity; // a name from a file may be long
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array(b.length).fill(0)]);
  for (let j = 1; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const differs = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1);
      least = Math.min(least, rows[i - 1]![j - 1]! + differs);
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      rows[i]![j] = exchanged ? Math.min(least, rows[i - 2]![j - 2]! + 1) : least;
    }
  return rows[a.length]![b.length]!;
}

function isWhole(least: number): (value: unknown) => boolean {
  return (value) => Number.isSafeInteger(value) && (value as number) >= least;
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value);
}
