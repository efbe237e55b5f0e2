/**
 * Things as data. `conv2d({ … })`, `adam({ … })` or `cosine()` makes nothing: it describes a thing,
 * by its kind and its checked options. A description is plain JSON, so the same one can stand in a
 * recipe, a file or a checkpoint; the thing is built from it where it is used.
 */
import { InputError, reject } from "./errors.js";
import { checkOptions, nearestName, type Rules } from "./options.js";

/** A kind, and its options by name. */
export interface Description {
  /** What is described, by the name of what describes it: `conv2d`, `adam`, `cosine`. */
  readonly kind: string;
  readonly [option: string]: unknown;
}

/** What is to be known of a kind, so that things of it can be described. */
export interface Kind<Options extends object> {
  /** The name that its descriptions carry: `conv2d`. */
  readonly kind: string;
  /** What each of its options may be. */
  readonly rules: Rules<Options>;
  /** What options have to be together, where each alone is right. @throws InputError */
  readonly check?: (options: Options) => void;
}

/** Describes things of one kind. */
export type Describe<Options> = object extends Options
  ? (options?: Options) => Description
  : (options: Options) => Description;

/** How messages speak of what is described. */
export interface DescriptionWords {
  /** "optimizer" */
  readonly what: string;
  /** "adam()" */
  readonly example: string;
  /** Where no kind has a name that is nearly the one that was given. */
  readonly hint?: string;
}

/** No description is nested deeper; one that holds itself is. */
const DEEPEST = 100;

/**
 * A function that describes things of a kind; nothing in its result is the caller's.
 *
 * @throws InputError from that function, as {@link checkedOptions}, and for options that are nested
 *   more than 100 levels deep
 */
export function describing<Options extends object>(
  kind: Kind<Options>,
): (options?: Options) => Description {
  return (options = {} as Options) => {
    checkDepth(kind.kind, options);
    return { kind: kind.kind, ...(copied(checkedOptions(kind, options)) as Options) };
  };
}

/**
 * The options, checked one by one and together.
 *
 * @throws InputError as {@link checkOptions}, and when options do not go together
 */
export function checkedOptions<Options extends object>(
  { kind, rules, check }: Kind<Options>,
  options: Options,
): Options {
  const checked = checkOptions(kind, options, rules);
  check?.(checked);
  return checked;
}

/** Runs something inside a thing, whose name then stands in front of what is wrong in there. */
export function inside<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof InputError && !error.message.startsWith(`${name}: `))
      throw new InputError(`${name}: ${error.message}`);
    throw error;
  }
}

/**
 * The kind that a description names, and the options that it gives, unchecked.
 *
 * @param others kinds that the caller knows besides, for messages
 * @throws InputError when it is no description, or its kind is none of these
 */
export function describedKind<Known extends Pick<Description, "kind">>(
  { what, example, hint }: DescriptionWords,
  description: unknown,
  kinds: readonly Known[],
  others: readonly string[] = [],
): {
  /** The one of `kinds` that is named. */
  readonly known: Known;
  /** Everything in the description but its kind. */
  readonly options: Record<string, unknown>;
} {
  const { kind, ...options } = taken({ what, example }, description);
  const known = kinds.find((one) => one.kind === kind);
  if (known !== undefined) return { known, options };
  const names = [...kinds.map((one) => one.kind), ...others];
  const nearest = typeof kind === "string" ? nearestName(kind, names) : null;
  const got = typeof kind === "string" ? JSON.stringify(kind) : typeof kind;
  return reject(
    what,
    `a kind among ${names.join(", ")}`,
    got.length > 60 ? `${got.slice(0, 60)}…` : got,
    nearest === null ? hint : `did you mean ${nearest}?`,
  );
}

/** @throws InputError unless it is `{ … }` */
function taken({ what, example }: DescriptionWords, description: unknown): Record<string, unknown> {
  if (typeof description !== "object" || description === null || Array.isArray(description))
    reject(
      what,
      `a description, such as ${example}`,
      Array.isArray(description) ? "an array" : typeof description,
    );
  return description as Record<string, unknown>;
}

/**
 * Refuses data that is nested more than 100 levels deep, or holds itself: to walk through it might
 * never end.
 *
 * @throws InputError when it is
 */
export function checkDepth(what: string, data: unknown): void {
  const open: (readonly [part: unknown, depth: number])[] = [[data, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [part, depth] = next;
    if (!isData(part)) continue;
    if (depth === DEEPEST)
      reject(what, `at most ${DEEPEST} levels of descriptions in each other`, "more");
    for (const inner of Object.values(part)) open.push([inner, depth + 1]);
  }
}

/** A copy of data down to its leaves; instances of classes and functions are handed on. */
function copied(part: unknown): unknown {
  if (!isData(part)) return part;
  if (Array.isArray(part)) return part.map(copied);
  return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, copied(inner)]));
}

/** Is it `[ … ]` or `{ … }`? */
function isData(part: unknown): part is object {
  if (typeof part !== "object" || part === null) return false;
  const prototype = Object.getPrototypeOf(part) as object | null;
  return prototype === null || Array.isArray(part) || prototype.constructor?.name === "Object";
}
