/** The chapters as files of the package, in the order of the map in `derivations/notation.md`. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readText } from "./files.js";

/** Where the chapters are. */
export const DERIVATIONS = fileURLToPath(new URL("../../derivations", import.meta.url));

/** A chapter as it is written. */
export interface ChapterText {
  /** Of its file, without the ending: `conv2d-gradients`. */
  readonly name: string;
  /** Markdown, with line ends of one character. */
  readonly text: string;
}

/** Names of all chapters, in reading order. */
export function chapterNames(): readonly string[] {
  const [, map = ""] = chapterText("notation").text.split("## The chapters in reading order\n");
  const [rows] = map.split("\n## ") as [string];
  return [...rows.matchAll(/^\| \[[\w-]+\]\(([\w-]+)\.md\) \|/gm)].map(([, name]) => name!);
}

/** @throws InputError when the package has no such chapter */
export function chapterText(name: string): ChapterText {
  const text = readText(join(DERIVATIONS, `${name}.md`)).replaceAll("\r\n", "\n");
  return { name, text };
}

/** What the chapter is called: `The affine layer, and flatten`. */
export function titleOf({ name, text }: ChapterText): string {
  return /^# (.+)$/m.exec(text)?.[1] ?? name;
}

/** What stands below a heading, down to the next one; empty where there is no such heading. */
export function sectionOf({ text }: ChapterText, heading: string): string {
  const start = `\n${text}`.indexOf(`\n## ${heading}\n`);
  if (start < 0) return "";
  const rest = text.slice(start + `## ${heading}\n`.length);
  const end = rest.search(/^## /m);
  return end < 0 ? rest : rest.slice(0, end);
}
