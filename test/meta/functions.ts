/**
 * Functions as text: how long each is and how many parameters it takes. A pure function of the
 * files, so that a test can also feed it violations and see them found.
 */
import type { Files } from "./project.js";
import { separate } from "./source-text.js";

export interface FunctionLimits {
  readonly lines: number;
  readonly parameters: number;
}

/** What has parentheses and a block, and is no function. */
const STATEMENTS = new Set(["if", "for", "while", "switch", "catch", "with"]);

/**
 * Every function, method, arrow function and type of a function that is over a limit, as
 * `file:line: what it has`.
 */
export function functionViolations(files: Files, limits: FunctionLimits): string[] {
  return [...files].flatMap(([path, text]) => {
    const { code } = separate(text);
    const lineAt = (at: number): number => code.slice(0, at).split("\n").length;
    const violations: string[] = [];
    for (let open = code.indexOf("("); open >= 0; open = code.indexOf("(", open + 1)) {
      const close = closing(code, open);
      const body = bodyAfter(code, open, close);
      if (body === null) continue;
      // `this` is not among what a caller passes
      const entries = entriesOf(code.slice(open + 1, close));
      const count = entries.filter((entry) => !/^this\s*:/.test(entry)).length;
      const lines = lineAt(body.end) - lineAt(open) + 1;
      if (count > limits.parameters)
        violations.push(`${path}:${lineAt(open)}: ${count} parameters`);
      if (lines > limits.lines) violations.push(`${path}:${lineAt(open)}: ${lines} lines`);
    }
    return violations;
  });
}

/**
 * Where the function ends whose parameters stand in these parentheses; null where they hold
 * something else.
 */
function bodyAfter(code: string, open: number, close: number): { readonly end: number } | null {
  const before = /([\w$]+)\s*$/.exec(code.slice(Math.max(0, open - 40), open))?.[1] ?? "";
  if (STATEMENTS.has(before)) return null;
  let at = skipSpace(code, close + 1);
  if (code.startsWith("=>", at)) return arrowBody(code, at);
  if (code[at] === ":") {
    at = endOfType(code, at + 1);
    if (code.startsWith("=>", at)) return arrowBody(code, at);
    // `method(…): void;` of an interface, or a condition's other branch: no body, but parameters
    if (code[at] !== "{") return isSignature(code, open) ? { end: at } : null;
  }
  return code[at] === "{" ? { end: closing(code, at) } : null;
}

/** Is this `name(…): Type` on a line of its own, as in an interface? */
function isSignature(code: string, open: number): boolean {
  return /\n[ \t]*(?:(?:readonly|abstract|async)\s+)*[\w$]+(?:<[^()]*>)?$/.test(
    code.slice(0, open),
  );
}

function arrowBody(code: string, arrow: number): { readonly end: number } {
  const start = skipSpace(code, arrow + 2);
  if (code[start] === "{") return { end: closing(code, start) };
  for (let at = start, depth = 0; at < code.length; at++) {
    if ("([{".includes(code[at]!)) depth++;
    if (depth === 0 && ",;)]}".includes(code[at]!)) return { end: at - 1 };
    if (")]}".includes(code[at]!)) depth--;
  }
  return { end: code.length - 1 };
}

/** The first place behind a type at which a body, an arrow or the end of the declaration is. */
function endOfType(code: string, from: number): number {
  let depth = 0;
  let complete = false;
  for (let at = skipSpace(code, from); at < code.length; at++) {
    const letter = code[at]!;
    if (depth === 0 && complete && (letter === "{" || code.startsWith("=>", at))) return at;
    if (depth === 0 && ",;)]}".includes(letter)) return at;
    if ("([{<".includes(letter)) depth++;
    if (")]}".includes(letter) || (letter === ">" && code[at - 1] !== "=")) depth--;
    if (/\S/.test(letter) && depth === 0) complete = !"|&".includes(letter);
  }
  return code.length;
}

function skipSpace(code: string, at: number): number {
  while (/\s/.test(code[at] ?? "x")) at++;
  return at;
}

/** The bracket that closes the one at `open`. */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if ("([{".includes(code[at]!)) depth++;
    if (")]}".includes(code[at]!) && --depth === 0) return at;
  }
  return code.length;
}

/** What commas separate outside of all brackets, those of type arguments included. */
function entriesOf(list: string): string[] {
  const entries: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at <= list.length; at++) {
    const letter = list[at] ?? ",";
    if (depth === 0 && letter === ",") {
      entries.push(list.slice(start, at).trim());
      start = at + 1;
    }
    if ("([{<".includes(letter)) depth++;
    if (")]}".includes(letter) || (letter === ">" && list[at - 1] !== "=")) depth--;
  }
  return entries.filter((entry) => entry !== "");
}
