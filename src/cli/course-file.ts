/**
 * A reader's `course.md`: a list with a box before each thing to do. It belongs to the reader, who
 * may write into it, move its lines and delete them. leibniz changes nothing in it but the sign
 * between the brackets of a line that it knows.
 */
import { lstatSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { InputError, reject } from "../tensor/index.js";
import {
  type CourseChapter,
  courseChapters,
  type CourseItem,
  exerciseLine,
  weeks,
} from "./course-items.js";
import { whileLocked } from "./course-lock.js";
import { makeFolder, onFailure, readFile, writeFileWhole } from "./files.js";
import { printText } from "./terminal.js";

/** A larger file is no list that anybody has written. */
const LARGEST = 2 ** 24;

/** A line with a box: what is between the brackets, and what begins behind them. */
const BOX =
  /^(?:\xef\xbb\xbf)?[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[([ xX])\][ \t]+([^\r\n]{0,200})/dgm;

/** What a line of ours begins with, which may be set in bold, for example. */
const OURS =
  /^[*_~`]*([a-z][a-z\d-]*) *: *(chapter|problem|exercise)(?:,? +(?:level +)?(\d+))?(?!\w)/;

/** A line that we know. */
interface KnownLine {
  readonly line: string;
  readonly isDone: boolean;
  /** Where the sign between the brackets is. */
  readonly at: number;
}

/** Whether our lines are ticked, in the file's order. One that is there twice is done if one is. */
export type Progress = ReadonlyMap<string, boolean>;

const pathIn = (folder: string): string => join(folder, "course.md");

/** The path as messages show it. */
export function coursePath(folder: string): string {
  return relative("", resolve(pathIn(folder)));
}

/**
 * @returns null where there is no such file
 * @throws InputError when it cannot be read, or holds no line of ours
 */
export function readProgress(folder: string, chapters: readonly CourseChapter[]): Progress | null {
  if (!isThere(folder)) return null;
  const progress = new Map<string, boolean>();
  for (const { line, isDone } of knownLines(read(folder), chapters))
    progress.set(line, isDone || progress.get(line) === true);
  if (progress.size === 0) refuse(folder);
  return progress;
}

/**
 * Ticks the items' lines, or takes the ticks away.
 *
 * @returns for each item what was done about it
 * @throws InputError when there is no such file, it is not ours, or cannot be written; then it is
 *   as it was
 */
export function markItems(
  folder: string,
  chapters: readonly CourseChapter[],
  items: readonly Pick<CourseItem, "line">[],
  isDone: boolean,
): ReadonlyMap<string, "changed" | "was so" | "no line"> {
  if (!isThere(folder))
    reject("course", `a file ${coursePath(folder)}`, "none", "leibniz course --start writes one");
  // where a link leads to, since that is what another process may be changing too
  const path = onFailure(`cannot read ${coursePath(folder)}`, () => realpathSync(pathIn(folder)));
  return whileLocked(dirname(path), () => {
    const text = read(folder);
    const known = knownLines(text, chapters);
    if (known.length === 0) refuse(folder);
    const asked = new Set(items.map(({ line }) => line));
    const toChange = known.filter((one) => asked.has(one.line) && one.isDone !== isDone);
    if (toChange.length > 0) writeFileWhole(path, changed(text, toChange, isDone ? "x" : " "));
    return new Map(
      [...asked].map((line) => {
        if (toChange.some((one) => one.line === line)) return [line, "changed"] as const;
        return [line, known.some((one) => one.line === line) ? "was so" : "no line"] as const;
      }),
    );
  });
}

/**
 * Writes a new course.
 *
 * @throws InputError when there is a file of that name, or none can be written
 */
export function startCourse(folder: string, chapters: readonly CourseChapter[]): void {
  makeFolder(folder);
  whileLocked(folder, () => {
    if (isThere(folder))
      reject(
        "--start",
        `a folder without course.md`,
        coursePath(folder),
        "nothing was overwritten; --out DIR keeps the course elsewhere",
      );
    writeFileWhole(pathIn(folder), newCourse(chapters));
  });
}

/**
 * Ticks an exercise whose check has passed, in the reader's course, if there is one: in the
 * exercise's folder, in the folder that this is in, or further up as far as the current one.
 *
 * @param folder the exercise's
 * @returns what it did, in one line; null where there is no course. It never fails: an exercise
 *   that has passed has passed
 */
export function tickExercise(folder: string, layer: string, level: number): string | null {
  const line = exerciseLine(layer, level);
  try {
    const chapters = courseChapters();
    const found = foldersOf(folder).find((one) => isFile(one) && isOurs(read(one), chapters));
    if (found === undefined) return null;
    const outcome = markItems(found, chapters, [{ line }], true).get(line)!;
    const where = coursePath(found);
    if (outcome === "no line") return `${where} has no line for it: - [x] ${line}`;
    return outcome === "changed"
      ? `${where}: ticked ${line}`
      : `${where}: ${line} is ticked already`;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `course.md was not changed: ${error.message.replaceAll("\n", " ")}`;
  }
}

/** The same, and prints it. */
export function tellTicked(folder: string, layer: string, level: number): void {
  const told = tickExercise(folder, layer, level);
  if (told !== null) printText(told, 2);
}

/** The folder, the one that it is in, and all further up as far as the current one. */
function foldersOf(folder: string): readonly string[] {
  const [own, here] = [resolve(folder), resolve("")];
  const folders = [own, dirname(own)];
  const way = relative(here, own);
  const isBelow = way !== "" && !way.startsWith("..") && !isAbsolute(way);
  while (isBelow && folders.at(-1) !== here) folders.push(dirname(folders.at(-1)!));
  return folders;
}

function isFile(folder: string): boolean {
  const path = pathIn(folder);
  const found = onFailure(`cannot read ${path}`, () => statSync(path, { throwIfNoEntry: false }));
  return found?.isFile() === true;
}

function isThere(folder: string): boolean {
  const path = pathIn(folder);
  const found = onFailure(`cannot read ${path}`, () => lstatSync(path, { throwIfNoEntry: false }));
  return found !== undefined;
}

/** A character for each byte: so what is no UTF-8 stays as it is, too. */
function read(folder: string): string {
  return Buffer.from(readFile(coursePath(folder), LARGEST)).toString("latin1");
}

function changed(text: string, lines: readonly KnownLine[], sign: string): Uint8Array {
  const bytes = Buffer.from(text, "latin1");
  for (const { at } of lines) bytes.write(sign, at, "latin1");
  return bytes;
}

function refuse(folder: string): never {
  reject(
    coursePath(folder),
    'a list with lines such as "- [ ] affine: problem 2"',
    "a file without any",
    "nothing was changed; --out DIR keeps the course elsewhere",
  );
}

function isOurs(text: string, chapters: readonly CourseChapter[]): boolean {
  return knownLines(text, chapters).length > 0;
}

function knownLines(text: string, chapters: readonly CourseChapter[]): readonly KnownLine[] {
  const known = new Map(
    chapters.flatMap(({ items }) => items).map(({ line }) => [line.toLowerCase(), line]),
  );
  return [...text.matchAll(BOX)].flatMap((found) => {
    const [, sign, rest] = found as unknown as [string, string, string];
    const [, name, kind, number] = OURS.exec(rest.toLowerCase().replace(/\s+/g, " ")) ?? [];
    const what = { chapter: "chapter", problem: `problem ${number}` }[kind ?? ""];
    const line = known.get(`${name}: ${what ?? `exercise, level ${number}`}`);
    const at = found.indices![1]![0];
    return line === undefined ? [] : [{ line, isDone: sign !== " ", at }];
  });
}

function newCourse(chapters: readonly CourseChapter[]): string {
  const lines = [
    "# A course in backpropagation",
    "",
    "Each line with a box is a chapter to read, a problem for a pencil or an exercise. Tick one",
    "when you are done with it: put an x between its brackets, or say, for example,",
    "",
    '    leibniz course --done "affine problem 2"',
    "",
    "The check of an exercise that passes ticks its line by itself. This file is yours: write",
    "notes anywhere, move lines, delete lines. leibniz changes nothing but what is between the",
    "brackets.",
  ];
  chapters.forEach(({ name, title, week, items }, i) => {
    if (week !== chapters[i - 1]?.week)
      lines.push("", `## Week ${week}: ${weeks[week - 1]!.title}`);
    lines.push("", `### ${title}`, "", `derivations/${name}.md`, "");
    for (const { line } of items) lines.push(`- [ ] ${line}`);
  });
  return `${lines.join("\n")}\n`;
}
