/** Takes the backward pass out of a layer's file, or a line of it, and keeps what is around it. */

import { TOOLS } from "./tools.js";

/** Columns of a line, as everywhere here. */
const LONGEST_LINE = 100;

/** An equation that code implements. */
export interface CodeEquation {
  /** `conv2d.9` */
  readonly tag: string;
  /** On one line, in plain signs. */
  readonly formula: string;
}

/** A function of which something is to be written by the reader. */
export interface EmptiedFunction {
  /** `conv2dBackward` */
  readonly name: string;
  /** The equations that were taken out with it, in order, each as the code says it. */
  readonly equations: readonly CodeEquation[];
  /** What was taken out. */
  readonly lines: readonly string[];
  /** What stands in its place now. */
  readonly stub: readonly string[];
  /** From its first line to the one that opens its body. */
  readonly signature: readonly string[];
  /** What stands in its body above the stub. */
  readonly before: readonly string[];
}

/** A layer's file for a reader to complete. */
export interface Exercise {
  /** The file with the reader's places in it. */
  readonly text: string;
  /**
   * What is to be written, in the file's order; none where no backward pass implements an equation
   * itself.
   */
  readonly functions: readonly EmptiedFunction[];
}

const HINTS_ARE = "Hints, one after the other: node check.mjs --hint 1, --hint 2, …";

/** Where something is left out of a body, and what the reader is told there. */
interface Gap {
  /** Its first line in the body. */
  readonly from: number;
  /** The first line behind it. */
  readonly to: number;
  readonly comment: readonly string[];
}

/**
 * Empties every exported function `…Backward` or `…Slope` that implements an equation itself, from
 * the first equation to its end. Checks and names in front of that stay, and so do functions that
 * only call others.
 *
 * @param source a file of `src/backprop`, whose relative imports become imports of the package
 */
export function emptyBackward(source: string): Exercise {
  return leaveOut(source, (body) => {
    const equation = body.findIndex((_, at) => equationAt(body, at) !== null);
    return equation < 0
      ? null
      : { from: firstLine(body, equation), to: body.length, comment: [`Yours. ${HINTS_ARE}`] };
  });
}

/**
 * Leaves one statement out: the one that implements an equation. All others stay.
 *
 * @param source as {@link emptyBackward}
 * @param tag of the equation; if no backward pass of the file has it, nothing is left out
 */
export function leaveOutLine(source: string, tag: string): Exercise {
  return leaveOut(source, (body) => {
    const at = body.findIndex((_, line) => equationAt(body, line)?.tag === tag);
    if (at < 0) return null;
    const [from, to] = statementAround(body, at);
    const statement = body.slice(from, to).find((line) => !isComment(line))!;
    const target = /^\s*(const .+? = |return )/.exec(statement)?.[1];
    const what =
      target === undefined ? equationAt(body, at)!.formula.split(" = ")[0]! : `${target}…`;
    return {
      from,
      to,
      comment: [`Yours, in place of the return below: ${what}   (${tag})`, HINTS_ARE],
    };
  });
}

function leaveOut(source: string, choose: (body: readonly string[]) => Gap | null): Exercise {
  const lines = source.split("\n");
  const kept: string[] = [];
  const functions: EmptiedFunction[] = [];
  for (let i = 0; i < lines.length; i++) {
    const name = /^export (?:async )?function (\w+(?:Backward|Slope))[<(]/.exec(lines[i]!)?.[1];
    const end = name === undefined ? i : lines.indexOf("}", i);
    const start = lines.findIndex((line, at) => at >= i && /^\S.* \{$/.test(line)) + 1;
    const body = name === undefined ? [] : lines.slice(start, end);
    const gap = choose(body);
    if (name === undefined || gap === null) {
      kept.push(withPackageImport(lines[i]!));
      continue;
    }
    const taken = body.slice(gap.from, gap.to);
    const indent = /^ */.exec(taken.find((line) => line.trim() !== "")!)![0];
    const one: EmptiedFunction = {
      name,
      equations: taken.flatMap((_, at) => equationAt(taken, at) ?? []),
      lines: taken,
      stub: [...gap.comment.map((line) => `${indent}// ${line}`), `${indent}return {} as never;`],
      signature: lines.slice(i, start),
      before: body.slice(0, gap.from),
    };
    functions.push(one);
    kept.push(...one.signature, ...one.before, ...one.stub, ...body.slice(gap.to), "}");
    i = end;
  }
  return { text: withTools(kept.join("\n")), functions };
}

/**
 * Where what belongs to the first equation begins: with the outermost statement around it, since
 * half a loop would be no TypeScript, and with a factor made of the number dOut above it.
 */
function firstLine(body: readonly string[], at: number): number {
  let first = at;
  while (!/^ {2}\S/.test(body[first]!)) first--;
  while (first > 0 && /^ {2}const \w+ = .*\bdOut\.item\(\)/.test(body[first - 1]!)) first--;
  return first;
}

/** The statement that an equation's comment belongs to, with all comments above it. */
function statementAround(body: readonly string[], equation: number): [from: number, to: number] {
  let from = equation;
  while (isComment(body[from]!)) from++;
  const indent = /^ */.exec(body[from]!)![0].length;
  const isPartOf = (line: string): boolean => {
    const deep = /^ */.exec(line)![0].length;
    return deep > indent || (deep === indent && /^\s*[}\])]/.test(line));
  };
  let to = from + 1;
  while (to < body.length && isPartOf(body[to]!)) to++;
  while (from > 0 && isComment(body[from - 1]!)) from--;
  return [from, to];
}

const isComment = (line: string): boolean => /^\s*\/\//.test(line);

/**
 * The tag and the formula of a comment that is an equation, on a line of its own or behind a
 * statement; it may go on in lines `//   …`.
 */
function equationAt(lines: readonly string[], at: number): CodeEquation | null {
  const found = /^\s*(?:[^/]*; )?\/\/ \(([\w-]+\.\d+[a-z]?)\) (.+)$/.exec(lines[at]!);
  if (found === null) return null;
  let formula = found[2]!;
  for (const line of lines.slice(at + 1)) {
    const more = /^\s*\/\/ {3}(\S.*)$/.exec(line);
    if (more === null) break;
    formula += ` ${more[1]!}`;
  }
  return { tag: found[1]!, formula };
}

/**
 * `"../tensor/index.js"` → `"leibniz/tensor"`, `"./layer.js"` → `"leibniz/backprop/layer"`: so that
 * the copy can lie anywhere.
 */
function withPackageImport(line: string): string {
  return line
    .replace(/ from "\.\.\/(\w+)\/index\.js";$/, ' from "leibniz/$1";')
    .replace(/ from "\.\/([\w/-]+)\.js";$/, ' from "leibniz/backprop/$1";');
}

const TENSOR_IMPORT = /^import (?:type )?\{([^}]*)\} from "leibniz\/tensor";$/m;

/** The same file with what a backward pass is written with imported, and not as types alone. */
function withTools(text: string): string {
  const found = TENSOR_IMPORT.exec(text);
  const isTypes = found?.[0].startsWith("import type") === true;
  const before = (found?.[1] ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .map((name) => (isTypes ? `type ${name}` : name));
  const added = TOOLS.filter(
    (name) => !new RegExp(`^(?:export )?(?:async )?function ${name}\\b`, "m").test(text),
  );
  const others = before.filter((name) => !added.includes(name.replace(/^type /, "")));
  const whole = importOf([...others, ...added]);
  if (found !== null) return text.replace(found[0], () => whole);
  const at = /^import /m.exec(text)?.index ?? 0;
  return `${text.slice(0, at)}${whole}\n${text.slice(at)}`;
}

function importOf(names: readonly string[]): string {
  const nameOf = (one: string): string => one.replace(/^type /, "").toLowerCase();
  const sorted = [...names].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const line = `import { ${sorted.join(", ")} } from "leibniz/tensor";`;
  if (line.length <= LONGEST_LINE) return line;
  return `import {\n${sorted.map((name) => `  ${name},\n`).join("")}} from "leibniz/tensor";`;
}
