/** `leibniz slides`: a chapter's pictures as slides, in one file for a lecture. */
import { Argument, Command } from "commander";
import { chapterNames, chapterText } from "./chapters.js";
import { checkCanWrite, writeFileWhole } from "./files.js";
import { withValues } from "./known-values.js";
import { rejectName } from "./nearest.js";
import { jsonOption, printJson } from "./options.js";
import { checkIsOurs } from "./our-page.js";
import { slidesOf } from "./slides-content.js";
import { slidesPage } from "./slides-page.js";
import { printText } from "./terminal.js";

interface SlidesOptions {
  readonly out?: string;
  readonly json?: boolean;
}

export function slidesCommand(): Command {
  const names = chapterNames();
  return new Command("slides")
    .addArgument(withValues(new Argument("<CHAPTER>", `one of ${names.join(", ")}`), names))
    .option("--out <FILE.html>", "the file to write (default: CHAPTER-slides.html)")
    .addOption(jsonOption())
    .action(runSlides);
}

function runSlides(name: string, { out = `${name}-slides.html`, json }: SlidesOptions): void {
  const names = chapterNames();
  if (!names.includes(name)) rejectName("slides", "a chapter", names, name);
  checkIsOurs(out);
  checkCanWrite(out);
  const chapter = slidesOf(chapterText(name));
  writeFileWhole(out, slidesPage(chapter));
  const slides = chapter.slides.length + 1; // and its title
  if (json === true) return printJson({ chapter: name, file: out, slides });
  printText(`${out}: ${slides} slides on ${chapter.title}; open it in a browser`, 2);
}
