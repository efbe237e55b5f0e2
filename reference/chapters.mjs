/** The chapters, as far as the reference needs them: equations, and where these are in code. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of every chapter of a folder, by its name, in reading order. */
export function readChapters(folder) {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".md"))
    .map((file) => file.slice(0, -".md".length));
  const texts = new Map(
    names.map((name) => [name, readFileSync(join(folder, `${name}.md`), "utf8")]),
  );
  const order = readingOrder(texts.get("notation") ?? "").filter((name) => texts.has(name));
  return new Map([...new Set([...order, ...names.sort()])].map((name) => [name, texts.get(name)]));
}

/** The chapters in the table of the notation; a chapter that it does not list comes last. */
function readingOrder(notation) {
  const [, section = ""] =
    /^## The chapters in reading order\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(notation) ?? [];
  return [...section.matchAll(/^\| \[[^\]]*\]\(([\w-]+)\.md\)/gm)].map(([, name]) => name);
}

/** What a chapter is about: its first heading. */
export const titleOf = (markdown) => /^# +(.+)$/m.exec(markdown)?.[1] ?? "";

/** The tags of a chapter's equations, such as `conv2d.7`. */
export const tagsOf = (markdown) =>
  new Set([...markdown.matchAll(/\\tag\{([\w-]+\.\w+)\}/g)].map(([, tag]) => tag));

/**
 * The rows of a chapter's table *Where it is in the code* that name a function, as
 * `{ tag, file, name }`.
 */
export function rowsOf(markdown) {
  return markdown.split("\n").flatMap((line) => {
    if (!/^\| [\w-]+\.\w+ \|/.test(line)) return [];
    const [tag, , file, name] = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", ""));
    return file && name ? [{ tag, file, name }] : [];
  });
}

const MENTION = /(?<![\w/.-])derivations\/([\w-]+)\.md|\(([\w-]+)\.(\d\w*)\)/g;

/**
 * Where a text names a chapter, as `derivations/conv2d.md`, or an equation, as `(conv2d.7)`:
 * `{ at, text, chapter, tag }`, with null for no tag. The chapter of an equation is the part of it
 * that has the equation: `conv2d-gradients`. `(2.5)` and the like are no equations, and so is
 * whatever stands before a dot and is no chapter.
 */
export function mentionsIn(text, chapters) {
  return [...text.matchAll(MENTION)].flatMap(
    ({ index: at, 0: found, 1: file, 2: prefix, 3: rest }) => {
      if (file !== undefined) return [{ at, text: found, chapter: file, tag: null }];
      if (!chapters.has(prefix)) return [];
      const tag = `${prefix}.${rest}`;
      return [{ at, text: found, chapter: pageOf(tag, prefix, chapters), tag }];
    },
  );
}

/** The page that has an equation: its chapter, or one of the parts. */
function pageOf(tag, chapter, chapters) {
  const parts = [...chapters.keys()].filter((name) => name.startsWith(`${chapter}-`));
  return [chapter, ...parts].find((name) => tagsOf(chapters.get(name)).has(tag)) ?? chapter;
}

/** Why a mention leads nowhere, or null. */
export function wrongMention({ text, chapter, tag }, chapters) {
  const markdown = chapters.get(chapter);
  if (markdown === undefined) return `${text} is no chapter`;
  return tag === null || tagsOf(markdown).has(tag) ? null : `${text} is no equation of its chapter`;
}
