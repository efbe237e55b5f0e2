/** Takes the backward pass out of a layer's file, and keeps everything around it. */

/** A function whose body is to be written by the reader. */
export interface EmptiedFunction {
  /** `conv2dBackward` */
  readonly name: string;
  /** The equations that it implements, in order, each as the code says it. */
  readonly equations: readonly {
    /** `conv2d.9` */
    readonly tag: string;
    /** On one line, in plain signs. */
    readonly formula: string;
  }[];
  /** What was taken out. */
  readonly lines: readonly string[];
}

/** A layer's file for a reader to complete. */
export interface Exercise {
  /** The file with its backward emptied. */
  readonly text: string;
  /**
   * What is to be written, in the file's order; none where no backward pass implements an equation
   * itself.
   */
  readonly functions: readonly EmptiedFunction[];
}

const STUB = [
  "  // Yours. Hints, one after the other: node check.mjs --hint 1, --hint 2, …",
  "  return {} as never;",
];

/**
 * Empties every exported `…Backward` function that implements an equation itself, from the first
 * equation to its end. Checks and names in front of that stay, and so do functions that only call
 * others.
 *
 * @param source a file of `src/backprop`, whose relative imports become imports of the package
 */
export function emptyBackward(source: string): Exercise {
  const lines = source.split("\n");
  const kept: string[] = [];
  const functions: EmptiedFunction[] = [];
  for (let i = 0; i < lines.length; i++) {
    kept.push(withPackageImport(lines[i]!));
    const name = /^export (?:async )?function (\w+Backward)[<(]/.exec(lines[i]!)?.[1];
    if (name === undefined) continue;
    const end = lines.indexOf("}", i);
    const body = lines.slice(i + 1, end);
    const first = body.findIndex((_, at) => equationAt(body, at) !== null);
    if (first < 0) continue;
    kept.push(...body.slice(0, first), ...STUB, "}");
    const taken = body.slice(first);
    functions.push({
      name,
      equations: taken.flatMap((_, at) => equationAt(taken, at) ?? []),
      lines: taken,
    });
    i = end;
  }
  return { text: kept.join("\n"), functions };
}

/** The tag and the formula of a comment that is an equation; it may go on in lines `//   …`. */
function equationAt(lines: readonly string[], at: number): { tag: string; formula: string } | null {
  const found = /^\s*\/\/ \(([\w-]+\.\d+[a-z]?)\) (.+)$/.exec(lines[at]!);
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
