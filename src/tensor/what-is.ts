/** Values as messages show them: what somebody gave in the place of something else. */

/** The longest value that is shown whole, in characters. */
const LONGEST = 60;
/** How many names of an object's parts are shown. */
const MOST_NAMES = 4;
/** How deep parts of parts are written out, of what may hold itself. */
const DEEPEST = 4;

/** What a value is, in a few words: `null`, `"adam"`, `a Dataset`, `an object with x, target`. */
export function whatIs(value: unknown): string {
  if (typeof value === "function") return functionAs(value);
  if (typeof value !== "object" || value === null) return shown(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (isPromise(value)) return "a promise";
  return isPlain(value) ? objectAs(value) : instanceAs(value);
}

/** A hint for what has to be awaited first; none where that is not what is wrong. */
export function awaitHint(value: unknown): string | undefined {
  return isPromise(value) ? "is an await missing?" : undefined;
}

/** Is this a promise, or what can be awaited like one? */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Is it `{ … }`, of whatever realm, and not an instance of some class? */
export function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || prototype.constructor?.name === "Object";
}

/** A value written out, on one short line. */
export function shown(value: unknown): string {
  return cut(written(value));
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** As in JSON, but for what JSON has no words for, and no longer than can be shown. */
function written(value: unknown, depth = 0): string {
  if (typeof value === "string") return JSON.stringify(value);
  const inner = (part: unknown): string => (depth < DEEPEST ? written(part, depth + 1) : "…");
  if (Array.isArray(value)) return `[${value.slice(0, LONGEST).map(inner).join(",")}]`;
  if (typeof value === "function") return functionAs(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  if (isPromise(value)) return "a promise";
  if (!isPlain(value)) return instanceAs(value);
  const names = Object.keys(value).slice(0, LONGEST);
  const parts = names.map((name) => `${name}: ${inner((value as Record<string, unknown>)[name])}`);
  return `{${parts.join(", ")}}`;
}

function functionAs(value: { readonly name: string }): string {
  const what = isClass(value) ? "class" : "function";
  return value.name === "" ? `a ${what}` : `the ${what} ${value.name}`;
}

/** Is it `class … { … }`? */
export function isClass(value: unknown): boolean {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

function objectAs(value: object): string {
  const names = Object.keys(value);
  if (names.length === 0) return "an empty object";
  const more = names.length > MOST_NAMES ? ", …" : "";
  return cut(`an object with ${names.slice(0, MOST_NAMES).join(", ")}${more}`);
}

function instanceAs(value: object): string {
  const name = value.constructor?.name || "object";
  return `${/^[aeio]/i.test(name) ? "an" : "a"} ${name}`; // a Uint8Array
}
