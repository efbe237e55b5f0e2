/** Values as messages show them: what somebody gave in the place of something else. */

/** The longest value that is shown whole, in characters. */
const LONGEST = 60;
/** How many names of an object's parts are shown. */
const MOST_NAMES = 4;
/** How deep parts of parts are written out, of what may hold itself. */
const DEEPEST = 4;
/** The first of two units that are one character. */
const HALF = /[\ud800-\udbff]$/;

/** What a value is, in a few words: `null`, `"adam"`, `a Dataset`, `an object with x, target`. */
export function whatIs(value: unknown): string {
  return readable(() => inWords(value));
}

function inWords(value: unknown): string {
  if (typeof value === "function") return functionAs(value);
  if (typeof value !== "object" || value === null) return written(value);
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
  try {
    return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
  } catch {
    return false;
  }
}

/** Is it `{ … }`, of whatever realm, and not an instance of some class? */
export function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || prototype.constructor?.name === "Object";
}

/** A value written out, on one short line. */
export function shown(value: unknown): string {
  return readable(() => written(value));
}

/** Short, and in words even where a getter or a proxy throws: the message is about another slip. */
function readable(describe: () => string): string {
  try {
    const text = describe();
    return text.length > LONGEST ? `${text.slice(0, LONGEST).replace(HALF, "")}…` : text;
  } catch {
    return "something that cannot be read";
  }
}

/** As in JSON, but for what JSON has no words for, and no longer than can be shown. */
function written(value: unknown, depth = 0): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, LONGEST + 1));
  const inner = (part: unknown): string => (depth < DEEPEST ? written(part, depth + 1) : "…");
  if (Array.isArray(value)) return `[${listed(value, inner, ",")}]`;
  if (typeof value === "function") return functionAs(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  if (isPromise(value)) return "a promise";
  if (!isPlain(value)) return instanceAs(value);
  const named = (name: string): string =>
    `${name}: ${inner((value as Record<string, unknown>)[name])}`;
  return `{${listed(Object.keys(value), named, ", ")}}`;
}

/** As many as can be shown: what holds itself many times would otherwise take for ever. */
function listed<T>(parts: readonly T[], write: (part: T) => string, between: string): string {
  let text = "";
  for (let i = 0; i < parts.length && text.length <= LONGEST; i++)
    text += `${i === 0 ? "" : between}${write(parts[i]!)}`;
  return text;
}

function functionAs(value: { readonly name: unknown }): string {
  const what = isClass(value) ? "class" : "function";
  const { name } = value;
  return typeof name !== "string" || name === "" ? `a ${what}` : `the ${what} ${name}`;
}

/** Is it `class … { … }`? */
export function isClass(value: unknown): boolean {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

function objectAs(value: object): string {
  const names = Object.keys(value);
  if (names.length === 0) return "an empty object";
  const more = names.length > MOST_NAMES ? ", …" : "";
  return `an object with ${names.slice(0, MOST_NAMES).join(", ")}${more}`;
}

function instanceAs(value: object): string {
  const given: unknown = value.constructor?.name;
  const name = typeof given === "string" && given !== "" ? given : "object";
  return `${/^[aeio]/i.test(name) ? "an" : "a"} ${name}`; // a Uint8Array
}
