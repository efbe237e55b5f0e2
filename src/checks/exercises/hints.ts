/**
 * Hints for an exercise, taken from the chapter step by step: each a little more than the one
 * before.
 */
import type { EmptiedFunction } from "./empty.js";
import { plain, plainFormula } from "./plain.js";
import { toolsOf } from "./tools.js";

/** One step towards an exercise's solution. */
export interface Hint {
  /** What it belongs to: `conv2dBackward, (conv2d.8a)`. */
  readonly about: string;
  /** Lines for a terminal, with formulas in plain signs. */
  readonly text: string;
}

/**
 * For each function, in order: every step of the derivation that leads to its equations, then the
 * equations as the code says them, then what leibniz computes them with, and at last leibniz's own
 * lines.
 *
 * @param chapters the text of each page by name
 * @param cited all tags that the layer's file cites: a derivation starts behind the last one of
 *   them
 */
export function hintsFor(
  functions: readonly EmptiedFunction[],
  chapters: ReadonlyMap<string, string>,
  cited: readonly string[],
): readonly Hint[] {
  const toWrite = functions.flatMap(({ equations }) => equations.map(({ tag }) => tag));
  return functions.flatMap(({ name, equations, lines }) => [
    ...equations.flatMap(({ tag }) =>
      derivationOf(tag, chapters, cited, toWrite).map((step) => ({
        about: `${name}, (${step.tag})`,
        text: textOf(step, chapters),
      })),
    ),
    {
      about: `${name}, in short`,
      text: equations.map(({ tag, formula }) => `(${tag}) ${formula}`).join("\n"),
    },
    { about: `${name}, what it takes`, text: toolsOf(lines) },
    { about: `${name}, as leibniz has it`, text: lines.join("\n") },
  ]);
}

interface Step {
  readonly tag: string;
  /** The heading that it stands under. */
  readonly section: string;
  /** The paragraphs that lead to the equation, for a terminal. */
  readonly prose: string;
  /** The equation itself, in plain signs. */
  readonly formula: string;
  /** `derivations/affine.md, line 56` */
  readonly place: string;
  /** The block below it. */
  readonly code: readonly string[];
}

/**
 * A step as a hint: words, equation, the equations that the words refer to, and the block that runs
 * it.
 */
function textOf(
  { tag, prose, formula, place, code }: Step,
  chapters: ReadonlyMap<string, string>,
): string {
  const meant = [
    ...new Set([...prose.matchAll(/\(([\w-]+\.\d+[a-z]?)\)/g)].map((found) => found[1]!)),
  ].flatMap((other) => {
    const said =
      other === tag
        ? undefined
        : stepsOf(other, chapters).find((step) => step.tag === other)?.formula;
    return said === undefined ? [] : [`(${other}) is  ${said}`];
  });
  const [, page] = /^derivations\/([\w-]+)\.md/.exec(place)!;
  const block =
    code.length === 0
      ? []
      : [
          `The same as \`leibniz derive ${page}\` runs it:\n\n` +
            `${code.map((line) => `    ${line}`).join("\n")}`,
        ];
  return [
    prose,
    `    ${formula}`,
    ...(meant.length > 0 ? [meant.join("\n")] : []),
    `(${place})`,
    ...block,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** The steps of the tag's chapter, page after page in the order of their numbers. */
function stepsOf(tag: string, chapters: ReadonlyMap<string, string>): readonly Step[] {
  const name = tag.slice(0, tag.lastIndexOf("."));
  const isOfChapter = (step: Step): boolean => step.tag.startsWith(`${name}.`);
  return [...chapters]
    .filter(([page]) => page === name || page.startsWith(`${name}-`))
    .map(([page, markdown]) => readSteps(markdown, `derivations/${page}.md`).filter(isOfChapter))
    .filter((steps) => steps.length > 0)
    .sort((a, b) => placeOf(a[0]!.tag) - placeOf(b[0]!.tag))
    .flat();
}

/** A number by which tags of one chapter are in order: 7 < 7a < 7b < 8 < 10 */
function placeOf(tag: string): number {
  const [, whole, letter = "`"] = /\.(\d+)([a-z])?$/.exec(tag)!; // the backtick comes before a
  return Number(whole) + (letter.charCodeAt(0) - 96) / 100;
}

/**
 * The steps between the equation that the code cites before this one, and this one. What else the
 * section of the former says belongs to that, if that is to be written too and this one stands
 * elsewhere.
 */
function derivationOf(
  tag: string,
  chapters: ReadonlyMap<string, string>,
  cited: readonly string[],
  toWrite: readonly string[],
): readonly Step[] {
  const steps = stepsOf(tag, chapters);
  const end = steps.findIndex((step) => step.tag === tag);
  const before = steps.slice(0, Math.max(0, end)).findLastIndex((step) => cited.includes(step.tag));
  const last = steps[before];
  const isAftermath = ({ section }: Step): boolean =>
    last !== undefined &&
    toWrite.includes(last.tag) &&
    section === last.section &&
    section !== steps[end]!.section;
  return steps.slice(before + 1, end + 1).filter((step) => !isAftermath(step));
}

/** Folds and pictures, of which a terminal shows nothing. */
const IS_SHOWN_ON_PAGES = /^(?:<\/?details|!\[)/;

/** Every tagged equation of a chapter: the paragraphs that lead to it, and the block below it. */
function readSteps(markdown: string, path: string): readonly Step[] {
  const steps: Step[] = [];
  let section = "";
  let prose: string[] = [];
  const lines = markdown.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (/^`{3}/.test(line)) {
      const end = lines.indexOf("```", i + 1);
      if (line.startsWith("```ts equation") && steps.length > 0) {
        const last = steps.pop()!;
        steps.push({ ...last, code: [...last.code, ...lines.slice(i + 1, end)] });
      }
      i = end < 0 ? lines.length : end;
    } else if (line.startsWith("$$")) {
      const end = line.length > 2 && line.endsWith("$$") ? i : lines.indexOf("$$", i + 1);
      const display = lines.slice(i, end + 1).join("\n");
      const tag = /\\tag\s*\{([^}]*)\}/.exec(display)?.[1];
      if (tag !== undefined) {
        steps.push({
          tag,
          section,
          prose: plain(paragraphs(prose)),
          formula: plainFormula(display.replaceAll("$$", "")),
          place: `${path}, line ${i + 1}`,
          code: [],
        });
        prose = [];
      } else prose.push(...lines.slice(i, end + 1));
      i = end < 0 ? lines.length : end;
    } else if (/^(#|\|)/.test(line)) {
      if (line.startsWith("#")) section = line;
      prose = [];
    } else if (!IS_SHOWN_ON_PAGES.test(line)) prose.push(line);
  }
  return steps;
}

function paragraphs(lines: readonly string[]): string {
  return lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
