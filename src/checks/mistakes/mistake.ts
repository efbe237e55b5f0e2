/**
 * A mistake, as a small patch of a file that is shipped, and how it is applied: to the compiled
 * module, in memory, when it is loaded; and to the TypeScript, to show what changes.
 */
import type { Backend } from "../../kernels/index.js";
import type { SetupName } from "./setups.js";

/** What a mistake is about; the chapter on mistakes has a section for each. */
export type Theme =
  | "loss"
  | "affine and relu"
  | "convolution"
  | "pooling"
  | "other layers"
  | "parameters"
  | "optimizer"
  | "data"
  | "evaluation";

/** A mistake that somebody has made, or could have. */
export interface Mistake {
  /** In words with dashes: `loss-gradient-not-averaged`. */
  readonly name: string;
  /** Under which heading the chapter has it. */
  readonly theme: Theme;
  /** What was done wrong, in one line. */
  readonly title: string;
  /** `src/backprop/conv2d.ts` */
  readonly file: string;
  /** At least one; all in the one file. */
  readonly edits: readonly Edit[];
  /** The equation that no longer holds, `conv2d.9`; its chapter explains it. */
  readonly tag: string;
  /**
   * Every equation still holds: what is wrong is what is done with the numbers. The tag's chapter
   * explains it all the same.
   */
  readonly breaksNoEquation?: true;
  /**
   * The layers, as the catalog calls them, whose passes run through the file; none for what stands
   * around the layers.
   */
  readonly layers: readonly string[];
  /**
   * What is trained with it, the last also on a few images; none for a function that no network of
   * a classifier contains.
   */
  readonly setups: readonly SetupName[];
  /**
   * Primitives that training takes from the reference backend, since the patched lines are there.
   */
  readonly primitives?: readonly Primitive[];
  /** Why it happens, and what to notice about it. */
  readonly story: string;
}

/** A piece of a file that is replaced, as the TypeScript source has it. */
export interface Edit {
  /** Occurs once in the file, within one statement; white space and line breaks do not count. */
  readonly find: string;
  /** The text to put in its place. */
  readonly replace: string;
}

/** The name of one of the backend's operations: `matmul`, `im2col`. */
export type Primitive = Exclude<
  {
    [K in keyof Backend]: Backend[K] extends (...values: never[]) => Promise<unknown> ? K : never;
  }[keyof Backend],
  "step" | "dispose"
>;

/**
 * The file that a source file is compiled to: `src/backprop/conv2d.ts` → `dist/backprop/conv2d.js`
 */
export function compiledPath(file: string): string {
  return file.replace(/^src\//, "dist/").replace(/\.ts$/, ".js");
}

/** The chapter of a tag: `conv2d.9` → `conv2d`. */
export function chapterOf(tag: string): string {
  return tag.slice(0, tag.lastIndexOf("."));
}

/**
 * The text with all edits made.
 *
 * @param text of the TypeScript file, or of what it was compiled to
 * @param where its path, which tells by `.ts` which of the two it is
 * @throws Error when what an edit looks for does not stand in the text exactly once: then the file
 *   has changed, and the catalog must follow
 */
export function patch(
  text: string,
  { name, edits }: Pick<Mistake, "name" | "edits">,
  where: string,
): string {
  const compiled = !where.endsWith(".ts");
  let patched = text;
  for (const { find, replace } of edits) {
    const found = [...patched.matchAll(patternOf(find, compiled))];
    if (found.length !== 1) {
      const times = found.length === 0 ? "it does not" : `it does ${found.length} times`;
      throw new Error(`mistake ${name}: expected ${where} to hold \`${find}\` once, ${times}`);
    }
    const [
      {
        index,
        0: { length },
      },
    ] = found as [RegExpExecArray];
    patched =
      patched.slice(0, index) +
      (compiled ? withoutAssertions(replace) : replace) +
      patched.slice(index + length);
  }
  return patched;
}

/** A text in quotes, a word or a number, an operator, a bracket or another single sign. */
const TOKEN = /"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|[\w$]+|[-+*/%=<>!&|?:^~]+|\S/gu;

/**
 * Finds an edit's tokens, however the lines are broken: between tokens there may be white space or
 * none, and a comma in front of a closing bracket. The compiler drops the `!` behind what is never
 * undefined.
 */
function patternOf(find: string, compiled: boolean): RegExp {
  const tokens = (compiled ? withoutAssertions(find) : find).match(TOKEN)!;
  const isWord = (token: string): boolean => /^[\w$]+$/.test(token);
  const closes = (token: string | undefined): boolean =>
    token !== undefined && /^[)\]}]$/.test(token);
  let pattern = "";
  tokens.forEach((token, i) => {
    const [before, after] = [tokens[i - 1], tokens[i + 1]];
    if (token === "," && closes(after)) return;
    if (before !== undefined) pattern += isWord(before) && isWord(token) ? "\\s+" : "\\s*";
    if (closes(token)) pattern += "(?:,\\s*)?";
    pattern += token.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  });
  // A word is found whole.
  const [first, last] = [tokens[0]!, tokens.at(-1)!];
  return new RegExp(
    `${isWord(first) ? "(?<![\\w$])" : ""}${pattern}${isWord(last) ? "(?![\\w$])" : ""}`,
    "g",
  );
}

function withoutAssertions(code: string): string {
  return code.replace(/(?<=[\w)\]])!(?!=)/g, "");
}

/**
 * The lines that change, as in a diff: those that go with a minus, those that come with a plus.
 *
 * @param source the TypeScript file that the mistake is in
 * @throws Error when the mistake does not fit it, as {@link patch}
 */
export function difference(source: string, mistake: Mistake): string {
  const [before, after] = [source, patch(source, mistake, mistake.file)].map((text) =>
    text.split("\n"),
  ) as [string[], string[]];
  const shown: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (before[i] === after[j]) {
      i++;
      j++;
      continue;
    }
    const [stays, comes] = resumption(before, after, i, j);
    for (; i < stays; i++) shown.push(`-${before[i]}`);
    for (; j < comes; j++) shown.push(`+${after[j]}`);
  }
  const lines = shown.filter((line) => line.slice(1).trim() !== "");
  const indent = Math.min(...lines.map((line) => line.slice(1).search(/\S/)));
  return lines.map((line) => `${line[0]} ${line.slice(1 + indent)}`).join("\n");
}

/** Where the two texts agree again, after as few lines as possible. */
function resumption(
  before: readonly string[],
  after: readonly string[],
  i: number,
  j: number,
): [number, number] {
  for (let lines = 1; ; lines++) {
    for (let gone = 0; gone <= lines; gone++) {
      const [a, b] = [i + gone, j + lines - gone];
      if (a >= before.length && b >= after.length) return [before.length, after.length];
      if (before[a] === after[b] && before[a + 1] === after[b + 1] && before[a]?.trim() !== "")
        return [a, b];
    }
  }
}
