/** Whether two descriptions describe the same, and if not, the first thing in which they differ. */
import { reject } from "../tensor/index.js";
import type { NetworkDescription } from "./description.js";

/** The longest value that a message shows whole, in characters. */
const LONGEST = 60;

interface Difference {
  /** Names from the outside in: `conv1.kernelSize`. */
  readonly path: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/**
 * Two networks are the same if their layers are, by names, kinds and options, in one order, and
 * their element types. Shapes of examples are compared where both descriptions have one.
 *
 * @param where the file that `found` comes from, for messages
 * @throws InputError naming the first option that differs
 */
export function checkSameNetwork(
  where: string,
  expected: NetworkDescription,
  found: NetworkDescription,
): void {
  const { input, dtype = "float32", layers } = expected;
  const shape = input && found.input ? { input: found.input } : {};
  const others = { dtype: found.dtype ?? "float32", ...shape };
  checkSameData(where, { dtype, ...(found.input && input && { input }) }, others, "network");
  checkSameData(where, layers, found.layers, "network");
}

/**
 * As {@link checkSameNetwork}, for any two pieces of plain data. A number and a pair of it, such as
 * 3 and [3, 3], are the same.
 *
 * @param where the file that `found` comes from, for messages
 * @param what they describe, for messages: "recipe"
 * @throws InputError naming the first option that differs
 */
export function checkSameData(
  where: string,
  expected: unknown,
  found: unknown,
  what: string,
): void {
  const difference = firstDifference("", expected, found);
  if (difference === null) return;
  const { path } = difference;
  reject(
    path === "" ? where : `${where}: ${path}`,
    shown(difference.expected),
    shown(difference.found),
    `the file belongs to another ${what}`,
  );
}

function firstDifference(path: string, a: unknown, b: unknown): Difference | null {
  if (!isNested(a) || !isNested(b) || Array.isArray(a) !== Array.isArray(b))
    return isSameValue(a, b) ? null : { path, expected: a, found: b };
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const inner = path === "" ? name : `${path}.${name}`;
    const difference = firstDifference(inner, own(a, name), own(b, name));
    if (difference !== null) return difference;
  }
  const [names, others] = [Object.keys(a).join(", "), Object.keys(b).join(", ")];
  return !isLayers(a) || names === others ? null : { path, expected: names, found: others };
}

/** Layers by name: their order is the order in which they run, all else has none. */
function isLayers(data: object): boolean {
  return (
    !Array.isArray(data) && Object.values(data).every((inner) => isData(inner) && "kind" in inner)
  );
}

/** Two numbers, texts, or arrays of them; 3 is the same as [3, 3]. */
function isSameValue(a: unknown, b: unknown): boolean {
  const flat = (value: unknown, other: unknown): string =>
    JSON.stringify(Array.isArray(other) && typeof value === "number" ? [value, value] : value);
  return flat(a, b) === flat(b, a);
}

/** Is it data with names of its own, and not an extent or a pair of them? */
function isNested(value: unknown): value is object {
  return isData(value) && !(Array.isArray(value) && !value.some(isData));
}

function own(data: object, name: string): unknown {
  return Object.hasOwn(data, name) ? (data as Record<string, unknown>)[name] : undefined;
}

function isData(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  const text = value === undefined ? "none" : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
