/** What the checker says of an exercise, for people and as JSON. */
import type { Grade, Stop } from "../checks/index.js";
import { formatShape } from "../tensor/index.js";
import { paint } from "./terminal.js";

/** Where what is said of a gradient begins. */
export const GRADE_TEXT = 13;

/** How much of an exercise's file is still as it was given. */
export type Untouched =
  | "all"
  | "nothing"
  /** Something was written, but the return that was to be replaced is still there. */
  | { readonly return: string };

/** A line that says what is wrong, and below it where to see that. */
export function formatGrade(grade: Grade, untouched: Untouched): string {
  const { gradient, isRight, cases, shown, problem, problemOptions } = grade;
  const name = gradient.padEnd(GRADE_TEXT - 1);
  if (isRight === null) return `${name} ${whyNothing(untouched)}`;
  if (isRight)
    return (
      `${name} ${paint("good", "right")} in ${cases} geometries; largest ` +
      `relative error ${shown!.relativeError.toExponential(1)}`
    );
  const stopped = grade.stops === grade.wrong ? stops(grade) : null;
  const headline = problem ?? grade.diagnosis ?? stopped;
  // what is below belongs to the geometry of the headline, and what cannot be compared has no
  // entries to show
  const lines =
    problem !== null
      ? [formatOptions(problemOptions ?? {})]
      : shown === null || stopped !== null
        ? []
        : [formatEntry(shown), formatOptions(shown.options)];
  const [first, ...below] = [headline, ...lines].filter((line) => line !== null);
  return [
    `${name} ${paint("bad", "wrong")}: ${first}`,
    ...below.map((line) => " ".repeat(GRADE_TEXT) + line),
  ].join("\n");
}

function stops({ stops: count, cases }: Grade): string {
  if (cases === 0) return "it stops before any geometry";
  return `it stops before this comes back, in ${count} of ${cases} geometries`;
}

function whyNothing(untouched: Untouched): string {
  if (untouched === "all") return "not written yet";
  return untouched === "nothing"
    ? "nothing came back under this name; the file's comment says what to return"
    : `nothing came back under this name; \`${untouched.return}\` still stands in the file`;
}

function formatEntry({ index, shape, yours, right }: NonNullable<Grade["shown"]>): string {
  const [a, b] = apart(yours, right);
  return `at [${index.join(", ")}] of ${formatShape(shape)} yours is ${a}, it should be ${b}`;
}

/** `with stride [2,1]  padding [0,2]`; null where a layer has no options. */
export function formatOptions(options: object): string | null {
  const short = (_: string, value: unknown): unknown => {
    if (typeof value === "number") return Number(value.toPrecision(3));
    // a tensor: its numbers, as the reader is given them
    return value !== null && typeof value === "object" && "data" in value ? value.data : value;
  };
  const said = Object.entries(options).map(
    ([name, value]) => `${name} ${JSON.stringify(value, short)}`,
  );
  return said.length === 0 ? null : `with ${said.join("  ")}`;
}

/** At least so many digits; more where two numbers would look alike. */
const DIGITS = 3;

/** Two numbers with as many digits as it takes to see that they differ. */
export function apart(a: number, b: number): readonly [string, string] {
  for (let digits = DIGITS; digits < 17; digits++) {
    const [first, second] = [a, b].map((value) => Number(value.toPrecision(digits))) as [
      number,
      number,
    ];
    if (first !== second) return [String(first), String(second)];
  }
  return [String(a), String(b)];
}

/**
 * The line of `--json`.
 *
 * @param stop what the code threw, if it did
 */
export function gradeJson(
  layer: string,
  { shown, problem: seen, problemOptions: _, ...rest }: Grade,
  stop: Stop | null = null,
): object {
  const isOnlyStop = stop !== null && rest.isRight === false && rest.stops === rest.wrong;
  const problem = seen ?? (isOnlyStop ? `it stopped: ${stop.message}` : null);
  const { gradient, isRight, ...others } = rest;
  const grade = { gradient, isRight, problem, ...others };
  if (shown === null) return { layer, ...grade };
  const { options, shape, relativeError, index, yours, right } = shown;
  return {
    layer,
    ...grade,
    options,
    shape,
    maxRelativeError: relativeError,
    worstIndex: index,
    analytic: yours,
    numeric: right,
  };
}
