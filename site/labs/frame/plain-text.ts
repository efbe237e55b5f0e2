/**
 * An answer of the engine as text and back, for the one that a page brings along: what a Worker
 * could send, with numbers that JSON does not know.
 */

/** Marks what is no plain value of JSON; a name that no answer uses. */
const KIND = "__kind";

const ARRAYS = { Float64Array, Float32Array, Int32Array, Uint8Array, Uint8ClampedArray } as const;
type ArrayName = keyof typeof ARRAYS;

/** As a value of JSON. @throws Error for what a Worker could not send either */
function encoded(value: unknown): unknown {
  if (typeof value === "number")
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { [KIND]: numberName(value) };
  if (value === undefined) return { [KIND]: "undefined" };
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(encoded);
  if (ArrayBuffer.isView(value)) {
    const { name } = value.constructor;
    if (!(name in ARRAYS)) throw new Error(`plain-text: expected a known array, got ${name}`);
    return { [KIND]: name, numbers: Array.from(value as Float64Array, encoded) };
  }
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype)
    throw new Error(`plain-text: expected plain values, got ${String(value)}`);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, encoded(part)]));
}

const numberName = (value: number): string => (value === 0 ? "-0" : String(value));

function decoded(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(decoded);
  const kind = (value as Record<string, unknown>)[KIND];
  if (kind === undefined)
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decoded(part)]));
  if (kind === "undefined") return undefined;
  const { numbers } = value as { numbers?: unknown[] };
  if (numbers !== undefined)
    return ARRAYS[kind as ArrayName].from(numbers.map(decoded) as number[]);
  return Number(kind);
}

/** Without `<`, so that it can stand in a page. */
export const plainText = (value: unknown): string =>
  JSON.stringify(encoded(value)).replaceAll("<", "\\u003c");

export const fromPlainText = (text: string): unknown => decoded(JSON.parse(text));
