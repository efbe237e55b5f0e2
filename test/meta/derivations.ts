/**
 * The derivations and the code hold on to each other by tags. The checks are pure functions over
 * the text of the files, so that a test can also feed them mistakes and see them found.
 * CONTRIBUTING.md states the rules.
 */
import { wholeOf } from "../../src/checks/derive/build.mjs";
import type { Files } from "./project.js";
import {
  exportedFunctions,
  findDeclaration,
  lineOf,
  separate,
  type SourceText,
} from "./source-text.js";

/** A row of the table at the end of a chapter. */
export interface Row {
  readonly tag: string;
  readonly line: number;
  /** How the code says it, or null for a tag that only the derivation needs. */
  readonly formula: string | null;
  readonly file: string;
  readonly declaration: string;
}

export interface Chapter {
  /** The file's name without `.md`. */
  readonly name: string;
  /** What its tags begin with: its name, or the chapter's that it is a part of. */
  readonly prefix: string;
  readonly path: string;
  /** In the order in which they appear. */
  readonly tags: readonly { readonly tag: string; readonly line: number }[];
  readonly rows: readonly Row[];
  /** What is wrong with the file itself. */
  readonly violations: readonly string[];
}

/** Pages that tell of what chapters and experiments have found, without equations of their own. */
const STORIES = ["derivations/experiments.md", "derivations/notes-answered.md"];
const HEADING = "## Where it is in the code";
const TABLE = [
  "| tag | as the code says it | file | function |",
  /^\|(?: ?-{3,} ?\|){4}$/,
] as const;
/** A mention of an equation, in code or in prose: (conv2d.7) */
const CITATION = /\(([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\.(\d+[a-z]?)\)/g;

/**
 * Everything that is wrong with the derivations and their ties to the code, as
 * `file:line: what is wrong`.
 */
export function derivationViolations(files: Files): string[] {
  const pages = [...files].filter(([path]) => isChapter(path));
  const names = pages.map(([path]) => nameOf(path));
  const chapters = pages.map(([path, text]) =>
    readChapter(path, text, wholeOf(nameOf(path), names) ?? undefined),
  );
  const code = [...files].filter(([path]) => path.startsWith("src/") && path.endsWith(".ts"));
  const sources = new Map(code.map(([path, text]) => [path, separate(text)]));
  return [
    ...chapters.flatMap((chapter) => chapter.violations),
    ...chapters.flatMap((chapter, i) => repeatViolations(chapter, chapters.slice(0, i))),
    ...chapters.flatMap((chapter) =>
      chapter.rows.flatMap((row) => rowViolations(chapter, row, sources)),
    ),
    ...[...sources].flatMap(([path, source]) => citationViolations(path, source, chapters)),
    ...[...files]
      .filter(([path]) => isChapter(path) || STORIES.includes(path) || isPage(path))
      .flatMap(([path, text]) => mentionViolations(path, text, chapters)),
    ...STORIES.filter((path) => files.get(path)?.includes("$$")).map(
      (path) => `${path}: has an equation, which belongs into a chapter`,
    ),
    ...passViolations(sources),
    ...readingOrderViolations(files),
  ];
}

/** The same function, which remembers: the checks ask for the same chapters once a formula. */
function once<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const result = known.get(text) ?? read(text);
    known.set(text, result);
    return result;
  };
}

/** A page outside of derivations that may name equations. */
function isPage(path: string): boolean {
  return /^README(?:\.ja)?\.md$/.test(path) || /^docs\/[^/]+\.md$/.test(path);
}

function isChapter(path: string): boolean {
  return /^derivations\/[^/]+\.md$/.test(path) && !STORIES.includes(path);
}

/**
 * Blanks fenced blocks and code spans, so that what they hold is not taken for prose. Positions
 * stay.
 */
export const withoutCode = once((markdown: string): string => {
  const blank = (text: string): string => text.replace(/[^\n]/g, " ");
  return markdown
    .replace(/^ *(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ *\1 *$/gm, blank)
    .replace(/(?<!`)(`+)(?!`)(?:(?!\n\s*\n)[\s\S])*?(?<!`)\1(?!`)/g, blank);
});

const nameOf = (path: string): string => path.slice("derivations/".length, -".md".length);

/**
 * Reads a chapter, and notes where it departs from the form of one.
 *
 * @param prefix of its tags, if it is a part of another chapter
 */
export function readChapter(path: string, text: string, prefix = nameOf(path)): Chapter {
  return chapterOf(`${prefix}\n${path}\n${text}`);
}

const chapterOf = once((file: string): Chapter => {
  const [prefix, path] = file.split("\n", 2) as [string, string];
  const text = file.slice(prefix.length + path.length + 2);
  const violations: string[] = [];
  const report = (at: number, what: string): void =>
    void violations.push(`${path}:${lineOf(text, at)}: ${what}`);
  // an equation may stand in a quotation, the box with the result
  const prose = withoutCode(text).replace(/^> ?/gm, (mark) => " ".repeat(mark.length));

  const tags: { tag: string; line: number }[] = [];
  const displays = [...prose.matchAll(/\$\$([\s\S]*?)\$\$/g)];
  for (const display of displays) {
    const [before, after] = [
      prose.slice(0, display.index),
      prose.slice(display.index + display[0].length),
    ];
    const alone =
      /(?:^|\n[ \t]*\n)[ \t]*$/.test(before) && /^[ \t]*(?:\n[ \t]*\n|\n?$)/.test(after);
    if (!alone)
      report(display.index, "a displayed equation needs an empty line before and after it");
    if (display[1]!.split("\\tag").length > 2)
      report(display.index, "a displayed equation has one tag at most");
    if (/\\(?:require|newcommand|renewcommand|def|let)\b/.test(display[1]!))
      report(display.index, "GitHub renders no macros and no \\require");
  }
  // GitHub reads Markdown before mathematics: it drops such a backslash, makes a link of ](, and
  // italics from one }_ to the next.
  for (const { 0: math, index } of prose.matchAll(/\$\$[\s\S]*?\$\$|\$[^$\n]+\$/g)) {
    for (const { 0: escape } of math.matchAll(/\\[!-/:-@[-`{-~]/g))
      report(
        index,
        `GitHub drops the backslash of ${escape}; write \\thinspace, \\enspace or \\cdot`,
      );
    if (math.includes("]("))
      report(index, "GitHub takes ]( for a link; put a space between the two");
    if (/[^\w\s]_\S[\s\S]*(?:_[^\w\s])/.test(math))
      report(
        index,
        "GitHub takes }_x … }_{y} for italics; put a space after each underscore that follows " +
          "a bracket",
      );
  }
  const inside = (at: number): boolean =>
    displays.some((display) => display.index < at && at < display.index + display[0].length);
  for (const found of prose.matchAll(/\\tag\b(?:\{([^}]*)\})?/g)) {
    const tag = found[1] ?? "";
    if (!inside(found.index)) report(found.index, `\\tag{${tag}} stands outside $$ … $$`);
    if (!new RegExp(`^${prefix}\\.\\d+[a-z]?$`).test(tag)) {
      report(found.index, `expected a tag such as \\tag{${prefix}.7}, got ${found[0]}`);
      continue;
    }
    if (tags.some((other) => other.tag === tag)) report(found.index, `(${tag}) is defined twice`);
    else if (tags.length > 0 && compareTags(tags.at(-1)!.tag, tag) > 0)
      report(found.index, `(${tag}) comes after (${tags.at(-1)!.tag}); numbers ascend`);
    tags.push({ tag, line: lineOf(text, found.index) });
  }

  const rows = readTable(text, report);
  for (const { tag, line } of tags) {
    const own = rows.filter((row) => row.tag === tag);
    if (own.length === 0)
      violations.push(`${path}:${line}: (${tag}) has no row in the table at the end`);
    if (own.length > 1 && own.some((row) => row.formula === null)) {
      violations.push(
        `${path}:${own[1]!.line}: (${tag}) is a definition or a step, and yet has another row`,
      );
    }
  }
  for (const { tag, line } of rows) {
    if (tags.some((defined) => defined.tag === tag)) continue;
    violations.push(
      `${path}:${line}: the table has a row for (${tag}), which no equation of the chapter bears`,
    );
  }
  if (!/^```ts example\s*$/m.test(text)) report(0, "the chapter has no ```ts example block");
  return { name: nameOf(path), prefix, path, tags, rows, violations };
});

/** The parts of a chapter share one numbering: none repeats another's tag. */
function repeatViolations(
  { prefix, path, tags }: Chapter,
  before: readonly Chapter[],
): readonly string[] {
  return tags.flatMap(({ tag, line }) => {
    const other = before.find(
      (one) => one.prefix === prefix && one.tags.some((known) => known.tag === tag),
    );
    return other === undefined ? [] : [`${path}:${line}: ${other.path} has a (${tag}) already`];
  });
}

/** 7 < 7a < 7b < 8 < 10 */
function compareTags(a: string, b: string): number {
  const [numberA, numberB] = [a, b].map((tag) =>
    Number.parseInt(tag.slice(tag.lastIndexOf(".") + 1), 10),
  ) as [number, number];
  return numberA - numberB || (a < b ? -1 : 1);
}

/** The rows of the table that ends a chapter. */
function readTable(text: string, report: (at: number, what: string) => void): Row[] {
  const start = text.lastIndexOf(`\n${HEADING}\n`);
  if (start < 0) {
    report(text.length, `the chapter does not end with ${HEADING}`);
    return [];
  }
  const offset = text.slice(start).search(/^\|/m);
  if (offset < 0) {
    report(start + 1, "the section has no table");
    return [];
  }
  let at = start + offset;
  const lines = text.slice(at).trimEnd().split("\n");
  const rows: Row[] = [];
  lines.forEach((line, i) => {
    const here = at;
    at += line.length + 1;
    if (i < 2) {
      const expected = TABLE[i]!;
      const found = line.replace(/ +/g, " "); // columns may be aligned
      if (typeof expected === "string" ? found !== expected : !expected.test(line))
        report(here, `expected ${String(expected)}, got ${line}`);
      return;
    }
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
    if (cells.length !== 6 || cells[0] !== "" || cells[5] !== "")
      return report(here, `expected a row of four cells and nothing after the table, got ${line}`);
    const [, tag, formula, file, declaration] = cells as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    if (formula === "definition" || formula === "step") {
      if (file !== "" || declaration !== "")
        report(here, `a ${formula} has neither file nor function`);
      rows.push({ tag, line: lineOf(text, here), formula: null, file: "", declaration: "" });
      return;
    }
    const [said, path, name] = [formula, file, declaration].map(
      (cell) => /^(`+)\s?(.+?)\s?\1$/.exec(cell)?.[2],
    );
    if (said === undefined || path === undefined || name === undefined) {
      return report(
        here,
        `expected three cells in backticks after the tag, or \`definition\` or \`step\` ` +
          `without them and nothing else, got ${line}`,
      );
    }
    rows.push({ tag, line: lineOf(text, here), formula: said, file: path, declaration: name });
  });
  return rows;
}

/**
 * A row must be true: its file has the function, and the function says the formula to the letter.
 */
function rowViolations(
  chapter: Chapter,
  row: Row,
  sources: ReadonlyMap<string, SourceText>,
): string[] {
  if (row.formula === null) return [];
  const where = `${chapter.path}:${row.line}:`;
  const source = sources.get(row.file);
  if (source === undefined) return [`${where} there is no file ${row.file}`];
  const span = findDeclaration(source, row.declaration);
  if (span === null) return [`${where} ${row.file} has no ${row.declaration}`];
  if (says(source.comments.slice(span.start, span.end), row.tag, row.formula)) return [];
  const found = saidAfter(source.comments.slice(span.start, span.end), row.tag);
  const instead =
    found.length === 0
      ? `does not cite (${row.tag})`
      : `says (${row.tag}) ${found.join(`, and (${row.tag}) `)}`;
  return [
    `${where} expected ${row.declaration} in ${row.file} to say (${row.tag}) ${row.formula}, ` +
      `but it ${instead}`,
  ];
}

/**
 * Does a comment say the tag and then the whole formula? After it the line ends, or punctuation
 * that leads on to something else.
 */
function says(comments: string, tag: string, formula: string): boolean {
  if (!isBalanced(formula)) return false;
  return saidAfter(comments, tag).some(
    (said) => said.startsWith(formula) && /^(?:$|[.,;:](?:\s|$))/.test(said.slice(formula.length)),
  );
}

/** What stands after each mention of a tag, up to the end of the comment's line. */
function saidAfter(comments: string, tag: string): string[] {
  return comments
    .split(`(${tag}) `)
    .slice(1)
    .map((rest) => lineOfComment(rest).trimEnd());
}

/** A comment up to its line's end. A line that begins further in goes on with the one before. */
function lineOfComment(rest: string): string {
  const [first, ...others] = rest.split("\n");
  const end = others.findIndex((line) => !/^\s*\/\/ {3}\S/.test(line));
  const more = others.slice(0, end < 0 ? others.length : end);
  return [first!, ...more.map((line) => line.trim().replace(/^\/\/\s+/, ""))]
    .join(" ")
    .replace(/\*\/\s*$/, "");
}

/** Brackets in pairs: a formula must not be cut off inside one. */
function isBalanced(formula: string): boolean {
  const open: string[] = [];
  for (const character of formula) {
    const pair = ["()", "[]", "{}", "⌊⌋", "⌈⌉", "⟨⟩"].find((both) => both.includes(character));
    if (pair === undefined) continue;
    if (character === pair[0]) open.push(pair);
    else if (open.pop() !== pair) return false;
  }
  return open.length === 0;
}

/**
 * Every tag that code cites is defined, and whatever code says about it, the chapter's table says
 * of that function.
 */
function citationViolations(
  path: string,
  source: SourceText,
  chapters: readonly Chapter[],
): string[] {
  return [...source.comments.matchAll(CITATION)].flatMap((found) => {
    const where = `${path}:${lineOf(source.text, found.index)}:`;
    const tag = `${found[1]}.${found[2]}`;
    const unknown = unknownTag(tag, chapters);
    if (unknown !== null) return [`${where} ${unknown}`];
    const rest = lineOfComment(source.comments.slice(found.index + found[0].length));
    // a mention at the end of a sentence or of a line states nothing
    if (!/^ \S/.test(rest)) return [];
    const here = chapters
      .flatMap((chapter) => chapter.rows)
      .flatMap((row) => {
        const span =
          row.tag === tag && row.file === path && row.formula !== null
            ? findDeclaration(source, row.declaration)
            : null;
        return span !== null && span.start <= found.index && found.index < span.end
          ? [{ formula: row.formula!, comments: source.comments.slice(span.start, span.end) }]
          : [];
      });
    if (here.length === 0)
      return [
        `${where} says (${tag})${rest.trimEnd()}, but the chapter's table has no row for it in ` +
          `this function (a mere mention ends its sentence)`,
      ];
    // A row that nothing satisfies is reported on its own; a second, different wording beside one
    // that fits is reported here.
    const fits = here.some(
      ({ formula, comments }) =>
        says(`(${tag})${rest}`, tag, formula) || !says(comments, tag, formula),
    );
    return fits
      ? []
      : [
          `${where} says (${tag})${rest.trimEnd()}, but the chapter's table says ` +
            `${here.map(({ formula }) => formula).join(" or ")}`,
        ];
  });
}

/** Every tag that a page mentions, be it in prose or in code, is defined. */
function mentionViolations(path: string, text: string, chapters: readonly Chapter[]): string[] {
  return [...text.matchAll(CITATION)].flatMap((found) => {
    const unknown = unknownTag(`${found[1]}.${found[2]}`, chapters);
    return unknown === null ? [] : [`${path}:${lineOf(text, found.index)}: ${unknown}`];
  });
}

function unknownTag(tag: string, chapters: readonly Chapter[]): string | null {
  const name = tag.slice(0, tag.lastIndexOf("."));
  const pages = chapters.filter((candidate) => candidate.prefix === name);
  if (pages.length === 0) return `cites (${tag}), but there is no chapter derivations/${name}.md`;
  return pages.some(({ tags }) => tags.some((defined) => defined.tag === tag))
    ? null
    : `cites (${tag}), but ${pages.map(({ path }) => path).join(" and ")} ` +
        `${pages.length > 1 ? "have" : "has"} no such equation`;
}

/** Every pass of a layer cites the equation it computes, or is put together from passes that do. */
function passViolations(sources: ReadonlyMap<string, SourceText>): string[] {
  const passes = new Map<
    string,
    { readonly path: string; readonly comments: string; readonly code: string }
  >();
  for (const [path, source] of sources) {
    if (!path.startsWith("src/backprop/")) continue;
    for (const name of exportedFunctions(source).filter((candidate) =>
      /(?:Forward|Backward)$/.test(candidate),
    )) {
      const { start, end } = findDeclaration(source, name)!;
      passes.set(name, {
        path,
        comments: source.comments.slice(start, end),
        code: source.code.slice(start, end),
      });
    }
  }
  const cites = (name: string, callers: readonly string[]): boolean => {
    const pass = passes.get(name);
    if (pass === undefined || callers.includes(name)) return false;
    if (pass.comments.search(CITATION) >= 0) return true;
    const called = [...pass.code.matchAll(/\b([\w$]+(?:Forward|Backward))\s*\(/g)]
      .map((found) => found[1]!)
      .filter((other) => other !== name);
    return called.length > 0 && called.every((other) => cites(other, [...callers, name]));
  };
  return [...passes]
    .filter(([name]) => !cites(name, []))
    .map(
      ([name, { path }]) => `${path}: ${name} cites no equation, and neither does what it calls`,
    );
}

/** The reading order in notation.md names every chapter, and only chapters that exist. */
function readingOrderViolations(files: Files): string[] {
  const path = "derivations/notation.md";
  const section = /^#+ [^\n]*reading order[^\n]*$([\s\S]*?)(?=^#|(?![\s\S]))/im.exec(
    files.get(path) ?? "",
  )?.[1];
  if (section === undefined) return [`${path}: no section with the reading order`];
  const named = [...section.matchAll(/\]\(([^)#\s]+)\.md(?:#[^)]*)?\)/g)].map(
    (found) => `derivations/${found[1]}.md`,
  );
  const chapters = [...files.keys()].filter(isChapter);
  return [
    ...named
      .filter((chapter) => !files.has(chapter))
      .map((chapter) => `${path}: the reading order names ${chapter}, which does not exist`),
    ...named
      .filter((chapter, i) => named.indexOf(chapter) < i)
      .map((chapter) => `${path}: the reading order names ${chapter} twice`),
    ...chapters
      .filter((chapter) => chapter !== path && !named.includes(chapter))
      .map((chapter) => `${path}: the reading order leaves out ${chapter}`),
  ];
}
