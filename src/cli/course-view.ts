/** A course for a terminal: a section for each week, what is done in it, and what comes next. */
import type { Progress } from "./course-file.js";
import { type CourseChapter, type CourseItem, weeks } from "./course-items.js";
import { padTo } from "./fold.js";
import { paint } from "./terminal.js";

const DONE = "✓";
/** For what the reader has taken out of the list. */
const LEFT_OUT = "–";
/** Signs that a bar of the whole course has. */
const BAR = 30;
const NAME = 24;
/** Columns that a row takes with the words in it; where there are fewer, they are left out. */
const ROOM_FOR_WORDS = 56;

/**
 * @param progress null where there is no file yet
 * @param width columns that a line may have
 */
export function courseView(
  chapters: readonly CourseChapter[],
  progress: Progress | null,
  width: number,
): readonly string[] {
  const hasWords = width >= ROOM_FOR_WORDS;
  const items = listed(chapters, progress);
  const done = items.filter(({ line }) => progress?.get(line) === true).length;
  // neither empty when something is done, nor full before all is
  const filled = Math.max(Math.floor((BAR * done) / Math.max(1, items.length)), Math.min(done, 1));
  const bar = "■".repeat(filled) + "□".repeat(BAR - filled);
  const sections = weeks.flatMap(({ title }, w) => {
    const own = chapters.filter(({ week }) => week === w + 1);
    const all = listed(own, progress);
    const count = all.filter(({ line }) => progress?.get(line) === true).length;
    return [
      "",
      `week ${w + 1}: ${title}, ${count} of ${all.length} done`,
      ...own.flatMap((chapter) => chapterRows(chapter, progress, hasWords)),
    ];
  });
  const legend = ["", "1 2 3: problems of a chapter, and levels of a layer's exercise"];
  const top = `${bar}  ${done} of ${items.length} done`;
  return [top, ...sections, ...(hasWords ? [] : legend), ""];
}

/** What the reader's list holds; all where there is no list yet. */
function listed(
  chapters: readonly CourseChapter[],
  progress: Progress | null,
): readonly CourseItem[] {
  const items = chapters.flatMap((chapter) => chapter.items);
  return items.filter(({ line }) => progress === null || progress.has(line));
}

/** The chapter with its problems, and a row for each layer with its levels. */
function chapterRows(
  { name, items }: CourseChapter,
  progress: Progress | null,
  hasWords: boolean,
): string[] {
  const sign = (item: CourseItem): string => {
    const isDone = progress === null ? false : progress.get(item.line);
    if (isDone === true) return paint("good", DONE);
    const open = item.kind === "chapter" ? " " : String(item.number);
    return isDone === false ? open : LEFT_OUT;
  };
  const signs = (kind: string, of: string): string =>
    items
      .filter((item) => item.kind === kind && item.name === of)
      .map(sign)
      .join(" ");
  const problems = signs("problem", name);
  const layers = new Set(items.filter(({ kind }) => kind === "exercise").map((item) => item.name));
  const head = `  ${signs("chapter", name)} ${padTo(name, NAME)}`;
  return [
    problems === "" ? head.trimEnd() : `${head}${hasWords ? "problems " : ""}${problems}`,
    ...[...layers].map(
      (layer) =>
        `      ${padTo(layer, NAME - 2)}${hasWords ? "levels   " : ""}${signs("exercise", layer)}`,
    ),
  ];
}

/** What to do next: the first line of the reader's list, or of ours, that is not done. */
export function nextItem(
  chapters: readonly CourseChapter[],
  progress: Progress | null,
): CourseItem | null {
  const items = chapters.flatMap((chapter) => chapter.items);
  if (progress === null) return items[0] ?? null;
  const line = [...progress].find(([, isDone]) => !isDone)?.[0];
  return items.find((item) => item.line === line) ?? null;
}

/** How that is done, and how it is ticked. */
export function howTo({ kind, name, number }: CourseItem): string {
  if (kind === "exercise")
    return (
      `next: ${name}, level ${number}: leibniz exercise ${name} --level ${number} writes it, and ` +
      `its check ticks it here`
    );
  const [what, word] =
    kind === "chapter" ? ["read", "chapter"] : [`problem ${number} of`, `problem ${number}`];
  return `next: ${what} derivations/${name}.md; then leibniz course --done "${name} ${word}"`;
}
