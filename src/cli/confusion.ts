/** How often each class was taken for each other one. */
import type { ClassNumbers } from "../data/index.js";
import { columnsOf } from "./fold.js";

/** A table of more classes would be wider than any terminal. */
const WIDEST = 32;
/** How much of a class's name fits beside the table. */
const LONGEST_NAME = 16;

/**
 * A row for each class, a column for each guess; of many classes only those that are confused most.
 *
 * @param guesses N class numbers, in the order of `labels`
 * @param names of the classes, or null where they are called 0, 1, 2 …
 * @param width how many columns the table may have; of a wider one, what is confused most
 */
export function formatConfusion(
  guesses: Int32Array,
  labels: ClassNumbers,
  classes: number,
  names: readonly string[] | null,
  width = Infinity,
): string {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  guesses.forEach((guess, n) => counts[labels[n]!]![guess]!++);
  if (classes > WIDEST) return worst(counts, names);
  const whole = table(counts, names);
  const widest = Math.max(...whole.split("\n").map(columnsOf));
  return widest > width ? worst(counts, names) : whole;
}

function table(counts: readonly (readonly number[])[], names: readonly string[] | null): string {
  const numbers = Array.from(counts.keys());
  const short = (name: string): string =>
    name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
  const label = (n: number): string => (names === null ? String(n) : `${short(names[n]!)} ${n}`);
  const margin = Math.max(5, ...numbers.map((n) => label(n).length + 2));
  const row = (first: string, cells: readonly (string | number)[]): string =>
    [first.padStart(margin), ...cells.map((cell) => String(cell).padStart(5))].join("");
  const lines = counts.map((guessed, n) => {
    const total = sum(guessed);
    const cells = guessed.map((count) => (count === 0 ? "·" : count));
    return `${row(label(n), cells)}   ${total === 0 ? "" : percent(guessed[n]!, total)}`;
  });
  return [`${row("", numbers)}   right`, ...lines].join("\n");
}

function worst(counts: readonly (readonly number[])[], names: readonly string[] | null): string {
  const nameOf = (n: number): string => names?.[n] ?? String(n);
  const pairs = counts.flatMap((guessed, label) =>
    guessed
      .map((count, guess) => ({ label, guess, count, total: sum(guessed) }))
      .filter(({ guess, count }) => guess !== label && count > 0),
  );
  const most = pairs.sort((a, b) => b.count - a.count).slice(0, 20);
  const lines = most.map(
    ({ label, guess, count, total }) =>
      `  ${nameOf(label)} taken for ${nameOf(guess)}: ${count} of ${total}`,
  );
  const heading = `of ${counts.length} classes, what is confused most:`;
  return lines.length === 0 ? "nothing is confused" : [heading, ...lines].join("\n");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

function percent(part: number, total: number): string {
  return `${((100 * part) / total).toFixed(1)} %`;
}
