/**
 * Just enough reading of TypeScript for the tests about the project itself: what is code and what
 * is comment, where a function begins and ends, and what a file imports. Positions in every part
 * are positions in the text.
 */

/**
 * A source file and two copies of the same length, in which everything else is blank. Line ends are
 * kept in both.
 */
export interface SourceText {
  readonly text: string;
  /** Without comments and without what stands between quotes (the quotes stay). */
  readonly code: string;
  /** Comments only. */
  readonly comments: string;
}

const CODE = 0;
const COMMENT = 1;
const QUOTED = 2;

/** Takes a source file apart. */
export function separate(text: string): SourceText {
  const kind = new Uint8Array(text.length);
  const endOf = (found: number, length: number): number =>
    found < 0 ? text.length : found + length;

  /** Reads code from `at`, up to the end or to the bracket that closes a template's `${`. */
  const readCode = (at: number, insideTemplate: boolean): number => {
    let depth = 0;
    while (at < text.length) {
      const character = text[at]!;
      const start = at;
      if (text.startsWith("//", at)) {
        at = endOf(text.indexOf("\n", at), 0);
        kind.fill(COMMENT, start, at);
      } else if (text.startsWith("/*", at)) {
        at = endOf(text.indexOf("*/", at + 2), 2);
        kind.fill(COMMENT, start, at);
      } else if (character === '"' || character === "'") {
        for (at++; at < text.length && text[at] !== character && text[at] !== "\n"; at++)
          if (text[at] === "\\") at++;
        kind.fill(QUOTED, start + 1, at++);
      } else if (character === "`") {
        for (at++; at < text.length && text[at] !== "`"; at++) {
          if (text[at] === "\\") at++;
          else if (text.startsWith("${", at)) at = readCode(at + 2, true);
        }
        kind.fill(QUOTED, start + 1, at++);
      } else if (character === "/" && startsPattern(text, kind, at)) {
        let inClass = false;
        for (at++; at < text.length && text[at] !== "\n" && (inClass || text[at] !== "/"); at++) {
          if (text[at] === "\\") at++;
          else if (text[at] === "[") inClass = true;
          else if (text[at] === "]") inClass = false;
        }
        kind.fill(QUOTED, start + 1, at++);
      } else {
        if (insideTemplate && character === "{") depth++;
        if (insideTemplate && character === "}" && depth-- === 0) return at;
        at++;
      }
    }
    return at;
  };
  readCode(0, false);

  const keep = (wanted: number): string => {
    const characters = text.split("");
    for (let i = 0; i < characters.length; i++)
      if (kind[i] !== wanted && characters[i] !== "\n") characters[i] = " ";
    return characters.join("");
  };
  return { text, code: keep(CODE), comments: keep(COMMENT) };
}

/**
 * Does the slash at `at` open a regular expression? It does where a value is expected, not where
 * one has just ended.
 */
function startsPattern(text: string, kind: Uint8Array, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (kind[before] === COMMENT || /\s/.test(text[before]!))) before--;
  if (before < 0) return true;
  if (/[\w$]/.test(text[before]!))
    return /\b(?:return|typeof|case|in|of|await|yield)$/.test(
      text.slice(Math.max(0, before - 10), before + 1),
    );
  return !")]}\"'`".includes(text[before]!);
}

/** From where to where a declaration reaches. */
export interface Span {
  /** Start of the comment directly above it, or of the declaration if there is none. */
  readonly start: number;
  readonly end: number;
}

/**
 * Where the top-level function, constant or class `name`, or the member `Class.member`, stands;
 * null if nowhere.
 */
export function findDeclaration(source: SourceText, name: string): Span | null {
  const { code } = source;
  const [owner, member] = name.split(".") as [string, string?];
  const top = new RegExp(
    "^(?:export\\s+)?(?:default\\s+)?(?:async\\s+)?(?:abstract\\s+)?" +
      `(?:function\\b\\*?|const|let|class)\\s+${escape(owner)}(?![\\w$])`,
    "gm",
  );
  const found = code.matchAll(top).next().value;
  if (found === undefined) return null;
  const whole = spanFrom(source, found.index);
  if (member === undefined) return whole;
  const modifiers = "(?:(?:public|private|protected|static|override|readonly|async|get|set)\\s+)*";
  const body = code.indexOf("{", found.index) + 1;
  for (const inside of code
    .slice(body, whole.end)
    .matchAll(new RegExp(`^[ \\t]+${modifiers}\\*?${escape(member)}\\s*[(<=]`, "gm"))) {
    if (depthOf(code.slice(body, body + inside.index)) === 0)
      return spanFrom(source, body + inside.index);
  }
  return null;
}

/**
 * How many brackets are open at the end of a piece of code: a call inside a method is deeper than
 * the method.
 */
function depthOf(code: string): number {
  return [...code].reduce(
    (depth, character) =>
      depth + ("([{".includes(character) ? 1 : ")]}".includes(character) ? -1 : 0),
    0,
  );
}

/** The declaration that begins at `declaration`, with the comment that touches it from above. */
function spanFrom({ code, text }: SourceText, declaration: number): Span {
  const before = code.slice(0, declaration).trimEnd().length;
  const gap = [...text.slice(before, declaration).matchAll(/\n[ \t]*\n/g)].at(-1);
  return {
    start: before + (gap === undefined ? 0 : gap.index + gap[0].length),
    end: endOfDeclaration(code, declaration),
  };
}

/**
 * A declaration ends at a semicolon outside all brackets, or at a closing brace after which nothing
 * follows on its line.
 */
function endOfDeclaration(code: string, from: number): number {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    const character = code[at]!;
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (depth === 0 && character === ";") return at + 1;
    if (
      depth === 0 &&
      character === "}" &&
      /^[ \t]*$/.test(code.slice(at + 1, endOfLine(code, at)))
    )
      return at + 1;
  }
  return code.length;
}

function endOfLine(code: string, at: number): number {
  const end = code.indexOf("\n", at);
  return end < 0 ? code.length : end;
}

/** The names of the exported top-level functions. */
export function exportedFunctions({ code }: SourceText): string[] {
  const declared = /^export\s+(?:async\s+)?function\*?\s+([\w$]+)/gm;
  const assigned = /^export\s+const\s+([\w$]+)\s*(?::[^=]*)?=\s*(?:async\s*)?(?:\(|[\w$]+\s*=>)/gm;
  return [declared, assigned].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((found) => found[1]!),
  );
}

/** Something that a file draws in from elsewhere. */
export interface Import {
  /**
   * What stands between the quotes; null where it is not a plain text, so that nobody can tell what
   * is drawn in.
   */
  readonly specifier: string | null;
  /**
   * `url` is `new URL("./worker.js", import.meta.url)`: how workers and WebAssembly files are
   * named.
   */
  readonly kind: "static" | "dynamic" | "url";
  readonly line: number;
}

/**
 * Everything that a file imports: statically, as a type, for re-export, dynamically, or as a file
 * next to it.
 */
export function importsOf(source: SourceText): Import[] {
  const { code, text } = source;
  const imports: (Import & { at: number })[] = [];
  const add = (kind: Import["kind"], pattern: RegExp): void => {
    for (const found of code.matchAll(pattern)) {
      const open = found.index + found[0].length;
      const quote = code[open];
      const close = quote === '"' || quote === "'" ? code.indexOf(quote, open + 1) : -1;
      if (kind === "url" && close < 0) continue;
      imports.push({
        specifier: close < 0 ? null : text.slice(open + 1, close),
        kind,
        line: lineOf(text, found.index),
        at: found.index,
      });
    }
  };
  add("static", /\b(?:import|export)\b[\w\s$,{}*]*\bfrom\s*(?=["'])/g);
  add("static", /\bimport\s*(?=["'])/g);
  add("dynamic", /(?<![\w$.#])(?:import|require)\s*\(\s*/g);
  add("url", /\bnew\s+URL\s*\(\s*(?=["'])/g);
  return imports
    .sort((a, b) => a.at - b.at)
    .map(({ specifier, kind, line }) => ({ specifier, kind, line }));
}

/** The number of the line on which position `at` lies, counted from 1. */
export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

function escape(name: string): string {
  return name.replace(/[$.#]/g, "\\$&");
}
