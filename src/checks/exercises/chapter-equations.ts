/** The tagged equations of the chapters, each with the words that lead to it, for a terminal. */
import { plain, plainFormula } from "./plain.js";

/** An equation of a chapter. */
export interface ChapterEquation {
  /** `conv2d.7` */
  readonly tag: string;
  /** The paragraphs that lead to it. */
  readonly prose: string;
  /** In plain signs. */
  readonly formula: string;
  /** Of its page, without `.md`. */
  readonly page: string;
  /** Where it stands there, counted from 1. */
  readonly line: number;
  /** The block below it. */
  readonly code: readonly string[];
}

/** Finds an equation by its tag, `affine.5`; undefined where no chapter has it. */
export type FindEquation = (tag: string) => ChapterEquation | undefined;

/** @param chapters the text of each page by its name; a page is read when it is first needed */
export function equationsOf(chapters: ReadonlyMap<string, string>): FindEquation {
  const read = new Map<string, readonly ChapterEquation[]>();
  const inPage = (page: string, text: string): readonly ChapterEquation[] => {
    const equations = read.get(page) ?? readEquations(text, page);
    read.set(page, equations);
    return equations;
  };
  return (tag) => {
    const name = tag.slice(0, tag.lastIndexOf("."));
    for (const [page, text] of chapters) {
      if (page !== name && !page.startsWith(`${name}-`)) continue;
      const found = inPage(page, text).find((equation) => equation.tag === tag);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/**
 * An equation as a hint: the words that lead to it, itself, the equations that the words refer to,
 * and the block that runs it.
 */
export function explained(
  { tag, prose, formula, page, line, code }: ChapterEquation,
  find: FindEquation,
): string {
  const block =
    code.length === 0
      ? ""
      : `The same as \`leibniz derive ${page}\` runs it:\n\n` +
        code.map((one) => `    ${one}`).join("\n");
  return [
    prose,
    `    ${formula}`,
    meantIn(prose, find, [tag]),
    `(derivations/${page}.md, line ${line})`,
    block,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** The equations that a text names, each on a line; those in `but` are left out. */
export function meantIn(text: string, find: FindEquation, but: readonly string[] = []): string {
  const tags = [...text.matchAll(/\(([\w-]+\.\d+[a-z]?)\)/g)].map((found) => found[1]!);
  return [...new Set(tags)]
    .filter((tag) => !but.includes(tag))
    .flatMap((tag) => {
      const meant = find(tag);
      return meant === undefined ? [] : [`(${tag}) is  ${meant.formula}`];
    })
    .join("\n");
}

/** Folds and pictures, of which a terminal shows nothing. */
const IS_SHOWN_ON_PAGES = /^(?:<\/?details|!\[)/;

function readEquations(markdown: string, page: string): readonly ChapterEquation[] {
  const equations: ChapterEquation[] = [];
  let prose: string[] = [];
  const lines = markdown.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (/^`{3}/.test(line)) {
      const end = lines.indexOf("```", i + 1);
      if (line.startsWith("```ts equation") && equations.length > 0) {
        const last = equations.pop()!;
        equations.push({ ...last, code: [...last.code, ...lines.slice(i + 1, end)] });
      }
      i = end < 0 ? lines.length : end;
    } else if (line.startsWith("$$")) {
      const end = line.length > 2 && line.endsWith("$$") ? i : lines.indexOf("$$", i + 1);
      const display = lines.slice(i, end + 1).join("\n");
      const tag = /\\tag\s*\{([^}]*)\}/.exec(display)?.[1];
      if (tag !== undefined) {
        const formula = plainFormula(display.replaceAll("$$", ""));
        const words = plain(paragraphs(prose));
        equations.push({ tag, prose: words, formula, page, line: i + 1, code: [] });
        prose = [];
      } else prose.push(...lines.slice(i, end + 1));
      i = end < 0 ? lines.length : end;
    } else if (/^(#|\|)/.test(line)) prose = [];
    else if (!IS_SHOWN_ON_PAGES.test(line)) prose.push(line);
  }
  return equations;
}

function paragraphs(lines: readonly string[]): string {
  return lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
