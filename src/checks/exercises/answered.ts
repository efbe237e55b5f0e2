/** What loops returned, nested arrays by name, as gradients; and what is wrong with the rest. */
import { gradientName } from "../../backprop/index.js";
import type { NamedTensors } from "../../gradcheck/index.js";
import { formatShape, isPromise, sameShape, sizeOf, Tensor, whatIs } from "../../tensor/index.js";
import type { Given } from "./given.js";
import { lettersOf } from "./letters.js";

/** What came back from loops, or from a file of another language. */
export interface Answers {
  /**
   * By the input that they belong to, of its shape. A gradient of what is not there, such as a
   * bias, keeps its own name, `dBias`.
   */
  readonly gradients: NamedTensors;
  /** Why something is no gradient, by the input too. What never came back is in neither. */
  readonly problems: Readonly<Record<string, string>>;
}

/**
 * Reads what a layer's backward in loops returned.
 *
 * @param layer of the catalog
 * @param given what it was given, which has the sizes
 * @param inputs of the case
 * @param returned whatever came back
 */
export function answered(
  layer: string,
  given: Given,
  inputs: NamedTensors,
  returned: unknown,
): Answers {
  const shapes = returnedShapes(layer, given);
  const names = Object.keys(shapes);
  const inputOf = new Map(Object.keys(inputs).map((name) => [gradientName(name), name]));
  const [gradients, problems] = [{} as Record<string, Tensor>, {} as Record<string, string>];
  const isObject = typeof returned === "object" && returned !== null && !Array.isArray(returned);
  for (const name of names) {
    const input = inputOf.get(name);
    const value = isObject ? (returned as Record<string, unknown>)[name] : undefined;
    const isThere = isObject && value !== undefined && !(value === null && input === undefined);
    if (!isThere) {
      const problem = isObject ? otherwiseCalled(returned, names) : nothingCame(returned, names);
      if (input !== undefined && problem !== null) problems[input] = problem;
      continue;
    }
    const read = readNested(value, shapes[name]!);
    if (typeof read === "string") problems[input ?? name] = read;
    else
      gradients[input ?? name] = Tensor.from(
        read,
        input === undefined ? shapes[name]! : inputs[input]!.shape,
        "float64",
      );
  }
  return { gradients, problems };
}

/** The shape of each nested array that a layer's backward in loops is to return, `dX` and so on. */
export function returnedShapes(
  layer: string,
  given: Given,
): Readonly<Record<string, readonly number[]>> {
  const extent = (axis: string): number => {
    const [first, ...divisors] = axis.split("/").map((letter) => given[letter] as number);
    return divisors.reduce((quotient, divisor) => quotient / divisor, first!);
  };
  return Object.fromEntries(
    Object.entries(lettersOf(layer).returned).map(([name, axes]) => [name, axes.map(extent)]),
  );
}

/** A place in the array that a learner returns. */
export interface PlaceInAnswer {
  /** Of that array. */
  readonly shape: readonly number[];
  /** One number per axis of it. */
  readonly index: readonly number[];
}

/**
 * The place of an entry in the array that a learner returns, which may be flat where the input is
 * not.
 *
 * @param index of the entry in an array of the input's shape
 * @param shape the input's
 * @param due the learner's, of as many entries
 */
export function placeIn(
  due: readonly number[],
  index: readonly number[],
  shape: readonly number[],
): PlaceInAnswer {
  const entry = index.reduce((position, i, axis) => position * shape[axis]! + i, 0);
  return { shape: due, index: indexOf(entry, due) };
}

/** The index of an entry, by its number in row-major order. */
export function indexOf(entry: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = entry;
  for (const extent of [...shape].reverse()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
}

/** What a wrong shape looks like, as the end of a line; empty if it looks like nothing known. */
export function shapeProblem(yours: readonly number[], right: readonly number[]): string {
  return (
    `its shape should be ${formatShape(right)}, yours is ` +
    `${formatShape(yours)}${guess(yours, right)}`
  );
}

function guess(yours: readonly number[], right: readonly number[]): string {
  if (yours.length === 2 && sameShape([...yours].reverse(), right)) return ": the transposed one";
  if (yours.length > right.length && sameShape(yours.slice(yours.length - right.length), right))
    return ": something is not summed yet, such as the batch";
  if (yours.length === 0) return ": everything was summed";
  return sizeOf(yours) === sizeOf(right) ? ": as many entries, in another nesting" : "";
}

function nothingCame(returned: unknown, names: readonly string[]): string {
  const wanted = `return { ${names.join(", ")} };`;
  return returned === undefined
    ? `nothing came back; the last line has to be ${wanted}`
    : `expected ${wanted} got ${whatIs(returned)}`;
}

/** Names that nobody asked for; null if there are none, and so nothing was written yet. */
function otherwiseCalled(returned: object, names: readonly string[]): string | null {
  const others = Object.keys(returned).filter((name) => !names.includes(name));
  return others.length === 0
    ? null
    : `nothing came back under this name, but under ${others.join(", ")}`;
}

/** Nothing here has half as many; an array may hold itself. */
const MOST_AXES = 10;

/** @returns the numbers in row-major order, or what is wrong with them */
function readNested(value: unknown, shape: readonly number[]): number[] | string {
  if (value === null) return "null came back, though it is asked for";
  if (isPromise(value)) return "a Promise came back; loops need neither async nor await";
  if (!isRow(value))
    return `expected nested arrays of shape ${formatShape(shape)}, got ${whatIs(value)}`;
  const yours: number[] = [];
  for (let level: unknown = value; isRow(level) && yours.length < MOST_AXES; level = level[0])
    yours.push(level.length);
  const flat: number[] = [];
  const problem = collect(value, yours, [], flat);
  if (problem !== null) return problem;
  return sameShape(yours, shape) ? flat : shapeProblem(yours, shape);
}

/** Adds the numbers at an index to `flat`. @returns what is wrong with them, or null */
function collect(
  level: unknown,
  shape: readonly number[],
  index: readonly number[],
  flat: number[],
): string | null {
  const here = index.map((i) => `[${i}]`).join("");
  if (index.length === shape.length) {
    if (typeof level === "number" && Number.isFinite(level)) {
      flat.push(level);
      return null;
    }
    if (isRow(level)) return `its rows are of different depth: ${here} is an array`;
    const what = level === undefined ? "undefined" : whatIs(level);
    const why =
      level === undefined || Number.isNaN(level)
        ? "; an index outside of an array reads undefined, and sums with that are NaN"
        : "";
    return `its entries should be finite numbers, ${here} is ${what}${why}`;
  }
  const extent = shape[index.length]!;
  if (!isRow(level)) return `its rows are of different depth: ${here} is ${whatIs(level)}`;
  if (level.length !== extent)
    return `its rows are of different length: ${here} has ${level.length}, others have ${extent}`;
  for (let i = 0; i < extent; i++) {
    const problem = collect(level[i], shape, [...index, i], flat);
    if (problem !== null) return problem;
  }
  return null;
}

function isRow(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
