/**
 * A laboratory's state in a link: named fields, each of which knows what it may be. A link says
 * only what differs from the start, and which version of the fields it was written for:
 *
 *     #v1&size=5x4&stride=2
 */

/** What a field may hold: plain values that can be sent to a Worker and compared. */
export type Plain = number | string | boolean | readonly number[];

/** A laboratory's state, by the names of its fields. */
export type State = Readonly<Record<string, Plain>>;

/** One property of a state, as text and back. */
export interface Field<T extends Plain> {
  /** What it is when a laboratory opens. */
  readonly initial: T;
  /** What it may be, in words: `a whole number from 1 to 4`. */
  readonly expected: string;
  /** @returns null for a text that is none */
  read(text: string): T | null;
  write(value: T): string;
}

export type Fields<S extends State> = { readonly [K in keyof S]: Field<S[K]> };

const within = (value: number, least: number, most: number): boolean =>
  Number.isFinite(value) && value >= least && value <= most;

const NUMBER = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

const numberOf = (text: string): number => (NUMBER.test(text) ? Number(text) : Number.NaN);

export function whole(initial: number, least: number, most: number): Field<number> {
  return {
    initial,
    expected: `a whole number from ${least} to ${most}`,
    read: (text) => {
      const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return within(value, least, most) ? value : null;
    },
    write: String,
  };
}

export function real(initial: number, least: number, most: number): Field<number> {
  return {
    initial,
    expected: `a number from ${least} to ${most}`,
    read: (text) => {
      const value = numberOf(text);
      return within(value, least, most) ? value : null;
    },
    write: String,
  };
}

export function oneOf<T extends string>(initial: T, names: readonly T[]): Field<T> {
  return {
    initial,
    expected: `one of ${names.join(", ")}`,
    read: (text) => names.find((name) => name === text) ?? null,
    write: (value) => value,
  };
}

export function flag(initial: boolean): Field<boolean> {
  return {
    initial,
    expected: "yes or no",
    read: (text) => (text === "yes" ? true : text === "no" ? false : null),
    write: (value) => (value ? "yes" : "no"),
  };
}

/** Whole numbers with an x between them: `5x4`, `0x2x3`; of no numbers, `none`. */
export function wholes(
  initial: readonly number[],
  least: number,
  most: number,
  [fewest, largest]: readonly [number, number] = [initial.length, initial.length],
): Field<readonly number[]> {
  const one = whole(least, least, most);
  const count = fewest === largest ? `${fewest}` : `${fewest} to ${largest}`;
  return {
    initial,
    expected: `${count} whole numbers from ${least} to ${most}, with an x between them`,
    read: (text) => {
      if (text.length > 16 * largest + 4) return null;
      const values = text === "none" ? [] : text.split("x").map(one.read);
      const isRight = values.length >= fewest && values.length <= largest;
      return isRight && values.every((value) => value !== null) ? values : null;
    },
    write: (values) => (values.length === 0 ? "none" : values.join("x")),
  };
}

/** Numbers with commas between them; of no numbers, `none`. */
export function numbers(
  initial: readonly number[],
  least: number,
  most: number,
  [fewest, largest]: readonly [number, number] = [initial.length, initial.length],
): Field<readonly number[]> {
  const count = fewest === largest ? `${fewest}` : `${fewest} to ${largest}`;
  return {
    initial,
    expected: `${count} numbers from ${least} to ${most}, with commas between them`,
    read: (text) => {
      if (text.length > 26 * largest + 4) return null;
      const values = text === "none" ? [] : text.split(",").map(numberOf);
      const isRight = values.length >= fewest && values.length <= largest;
      return isRight && values.every((value) => within(value, least, most)) ? values : null;
    },
    write: (values) => (values.length === 0 ? "none" : values.join(",")),
  };
}

export function initialState<S extends State>(fields: Fields<S>): S {
  const entries = Object.entries(fields).map(([name, { initial }]) => [name, initial]);
  return Object.fromEntries(entries) as S;
}

/** Whether two values of a field are the same. */
export function isSame(a: Plain, b: Plain): boolean {
  if (typeof a !== "object" || typeof b !== "object") return Object.is(a, b);
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

/** The part of an address behind the `#`. */
export function writeState<S extends State>(fields: Fields<S>, version: number, state: S): string {
  const parts = [`v${version}`];
  for (const name of Object.keys(fields)) {
    const { initial, write } = fields[name]! as Field<Plain>;
    const value = state[name]!;
    if (!isSame(value, initial)) parts.push(`${name}=${encodeURIComponent(write(value))}`);
  }
  return parts.join("&").replaceAll("%2C", ",");
}

/** A state that a link asked for, and what of the link was not understood, in one line. */
export interface ReadState<S> {
  readonly state: S;
  readonly problem: string | null;
}

/**
 * Reads the part of an address behind the `#`. What is wrong stays as it is at the start, and is
 * told of.
 *
 * @returns null for a text that is no state, as the name of a heading
 */
export function readState<S extends State>(
  fields: Fields<S>,
  version: number,
  text: string,
): ReadState<S> | null {
  const [head, ...parts] = text.split("&");
  const found = /^v(\d{1,6})$/.exec(head!);
  if (found === null) return null;
  const start = initialState(fields);
  if (Number(found[1]) !== version) {
    const problem =
      `This link is of version ${found[1]} of the laboratory, and here is version ${version}: ` +
      "it starts anew.";
    return { state: start, problem };
  }
  const state: Record<string, Plain> = { ...start };
  const wrong: string[] = [];
  for (const part of parts) {
    const [name = "", ...rest] = part.split("=");
    const field = Object.hasOwn(fields, name) ? (fields[name] as Field<Plain>) : null;
    const value = field?.read(decoded(rest.join("="))) ?? null;
    if (field !== null && value !== null) state[name] = value;
    else wrong.push(field === null ? `unknown: ${short(name)}` : `${name}: ${field.expected}`);
  }
  return { state: state as S, problem: wrong.length === 0 ? null : problemOf(wrong) };
}

/** One line, also for a link of a thousand wrong fields. */
function problemOf(wrong: readonly string[]): string {
  const others = wrong.length - 1;
  const more = others === 0 ? "" : `, and ${others} other${others === 1 ? "" : "s"}`;
  const first = wrong[0]!.startsWith("unknown: ")
    ? `has a field that is not known here (${wrong[0]!.slice("unknown: ".length)})`
    : `has a wrong field (expected ${wrong[0]!.replace(":", " to be")})`;
  return `The link ${first}${more}; what is wrong is as at the start.`;
}

const short = (text: string): string => (text.length <= 24 ? text : `${text.slice(0, 24)}…`);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
