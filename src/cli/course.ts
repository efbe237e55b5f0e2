/** `leibniz course`: what there is to read, to solve and to program, and what is done. */
import { Command, Option } from "commander";
import { coursePath, markItems, type Progress, readProgress, startCourse } from "./course-file.js";
import { type CourseChapter, courseChapters, type CourseItem } from "./course-items.js";
import { itemsNamed } from "./course-names.js";
import { courseView, howTo, nextItem } from "./course-view.js";
import { withValues } from "./known-values.js";
import { jsonOption, printJson } from "./options.js";
import { reject } from "../tensor/index.js";
import { printText, widthOf } from "./terminal.js";

interface CourseOptions {
  readonly out: string;
  readonly start?: boolean;
  readonly done?: readonly string[];
  readonly undo?: readonly string[];
  readonly json?: boolean;
}

/** Lines that are missing in a reader's list are named up to so many. */
const NAMED = 5;

export function courseCommand(): Command {
  const chapters = courseChapters();
  const names = [...new Set(chapters.flatMap(({ items }) => items.map(({ name }) => name)))];
  return new Command("course")
    .option("--start", "write course.md, a list in which what is done is ticked")
    .addOption(
      withValues(
        new Option("--done <ITEM...>", 'tick: "affine chapter", "affine problem 1-3"'),
        names,
      ),
    )
    .addOption(withValues(new Option("--undo <ITEM...>", "take ticks away"), names))
    .option("--out <DIR>", "the folder of course.md", ".")
    .addOption(jsonOption())
    .action((options: CourseOptions) => runCourse(chapters, options));
}

function runCourse(chapters: readonly CourseChapter[], options: CourseOptions): void {
  const { out, start = false, done, undo } = options;
  const asked = [start, done !== undefined, undo !== undefined].filter(Boolean).length;
  if (asked > 1) reject("course", "one of --start, --done and --undo", String(asked));
  if (start) begin(chapters, options);
  else if (done !== undefined) mark(chapters, itemsNamed("--done", done, chapters), true, options);
  else if (undo !== undefined) mark(chapters, itemsNamed("--undo", undo, chapters), false, options);
  else show(chapters, readProgress(out, chapters), options);
}

function begin(chapters: readonly CourseChapter[], { out, json }: CourseOptions): void {
  startCourse(out, chapters);
  const { length } = chapters.flatMap(({ items }) => items);
  const path = coursePath(out);
  if (json === true) return printJson({ file: path, lines: length });
  printText(`${path}: ${length} things to do in ${chapters.length} chapters, none of them done.`);
  printText("Tick them there, or by leibniz course --done; leibniz course shows how far you are.");
}

function mark(
  chapters: readonly CourseChapter[],
  items: readonly CourseItem[],
  isDone: boolean,
  { out, json }: CourseOptions,
): void {
  const outcomes = markItems(out, chapters, items, isDone);
  for (const [line, outcome] of outcomes) {
    if (json === true) printJson({ line, outcome, isDone: outcome === "no line" ? null : isDone });
    else if (outcome === "changed") printText(`${isDone ? "done" : "not done"}: ${line}`);
    else if (outcome === "was so")
      printText(`${line}: ${isDone ? "ticked already" : "not ticked"}`);
  }
  const missing = [...outcomes].filter(([, outcome]) => outcome === "no line");
  if (missing.length > 0)
    reject(
      coursePath(out),
      `a line for ${missing.map(([line]) => line).join(", ")}`,
      "none",
      `write it there: - [${isDone ? "x" : " "}] ${missing[0]![0]}`,
    );
  if (json === true) return;
  const progress = readProgress(out, chapters)!;
  const ticked = [...progress.values()].filter(Boolean).length;
  printText(`${ticked} of ${progress.size} done`);
  printNext(chapters, progress);
}

function show(
  chapters: readonly CourseChapter[],
  progress: Progress | null,
  { out, json }: CourseOptions,
): void {
  if (json === true) {
    for (const item of chapters.flatMap(({ items }) => items)) {
      const isDone = progress?.get(item.line) ?? false;
      printJson({ ...item, isDone, isListed: progress?.has(item.line) ?? false });
    }
    return;
  }
  for (const line of courseView(chapters, progress, widthOf(process.stdout))) printText(line, 8);
  if (progress === null)
    printText(`no ${coursePath(out)} here yet: leibniz course --start writes it`);
  else tellMissing(chapters, progress, coursePath(out));
  printNext(chapters, progress);
}

/** Lines that the reader has taken out, or that are new in leibniz. */
function tellMissing(chapters: readonly CourseChapter[], progress: Progress, path: string): void {
  const missing = chapters
    .flatMap(({ items }) => items)
    .filter(({ line }) => !progress.has(line))
    .map(({ line }) => `- [ ] ${line}`);
  if (missing.length === 0) return;
  const more = missing.length > NAMED ? [`and ${missing.length - NAMED} more`] : [];
  printText(`not in ${path} (–); write them there if you want them:`);
  for (const line of [...missing.slice(0, NAMED), ...more]) printText(`  ${line}`);
}

function printNext(chapters: readonly CourseChapter[], progress: Progress | null): void {
  const next = nextItem(chapters, progress);
  printText(next === null ? "all done" : howTo(next), 6);
}
