/**
 * `leibniz mistakes`: real mistakes, planted in the engine one at a time, and which check catches
 * which.
 */
import { readFileSync } from "node:fs";
import { Argument, Command } from "commander";
import { pageOf, difference, type Mistake, mistakes } from "../checks/index.js";
import { reject } from "../tensor/index.js";
import { checkCanWrite } from "./files.js";
import { withValues } from "./known-values.js";
import { readGenerated, writeChapter } from "./mistakes-chapter.js";
import { caughtBy, missedBy } from "./mistakes-results.js";
import { ROOT, studyMistakes, type StudyOptions } from "./mistakes-study.js";
import { didYouMean } from "./nearest.js";
import { dataOption, jsonOption, printJson, seedOption, wholeNumber } from "./options.js";
import { formatSeconds } from "./progress.js";
import { stoppable } from "./stopping.js";
import { paint, printText } from "./terminal.js";

interface MistakesOptions extends StudyOptions {
  readonly list?: boolean;
  readonly write?: string;
}

/**
 * As many as the notes draw for their experiment: an epoch of all 60,000 would take three times as
 * long and show the same.
 */
const USUAL_IMAGES = 20_000;

export function mistakesCommand(): Command {
  return new Command("mistakes")
    .addArgument(
      withValues(
        new Argument("[names...]", "which mistakes, by name (default: all)"),
        mistakes.map(({ name }) => name),
      ),
    )
    .option("--list", "only list them, each with its lines")
    .option("--quick", "run the checks and train nothing")
    .option(
      "--images <N>",
      "training images of the epoch",
      wholeNumber("--images", 1),
      USUAL_IMAGES,
    )
    .option(
      "--write <FILE>",
      "also put the results into FILE, between its two marks, as derivations/mistakes.md has them",
    )
    .addOption(seedOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(runMistakes);
}

async function runMistakes(names: readonly string[], options: MistakesOptions): Promise<void> {
  const known = mistakes.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name))
      reject("mistakes", "a mistake that --list lists", `"${name}"`, closest(name, known));
  if (options.write !== undefined && names.length > 0)
    reject("--write", "all mistakes, since it writes a table of all", names.join(", "));
  if (options.write !== undefined) {
    readGenerated(options.write); // refuses before minutes of work
    checkCanWrite(options.write);
  }
  const chosen = mistakes.filter(({ name }) => names.length === 0 || names.includes(name));
  if (options.list === true) return list(chosen, options.json === true);
  const started = performance.now();
  const results = await stoppable("mistakes", (stop) => studyMistakes(chosen, options, stop));
  const caught = results.filter((result) => caughtBy(result).length > 0).length;
  if (options.json !== true) {
    const missed = results.filter((result) => missedBy(result).length > 0).length;
    printText(
      `\n` +
        `${results.length === 1 ? "1 mistake" : `${results.length} mistakes`}, ${caught} caught; ` +
        `${missed} missed by some popular check; ` +
        `${formatSeconds((performance.now() - started) / 1000)} min`,
    );
  }
  if (options.write !== undefined)
    writeChapter(options.write, results, options.quick === true ? null : options.images, sourceOf);
  if (caught < results.length) process.exitCode = 1;
}

function list(chosen: readonly Mistake[], json: boolean): void {
  for (const mistake of chosen) {
    const { name, title, file, tag } = mistake;
    const lines = difference(sourceOf(file), mistake);
    if (json)
      printJson({
        name,
        title,
        file,
        tag,
        chapter: `derivations/${pageOf(tag)}.md`,
        difference: lines,
      });
    else printMistake(mistake, lines);
  }
}

function printMistake({ name, title, file, tag, story }: Mistake, lines: string): void {
  printText(`${name}: ${title}\n  ${file}, (${tag})`, 2);
  for (const line of lines.split("\n"))
    printText(
      `  ${paint(line.startsWith("-") ? "bad" : line.startsWith("+") ? "good" : null, line)}`,
      6,
    );
  printText(`  ${story}\n`, 2);
}

function sourceOf(file: string): string {
  return readFileSync(new URL(file, ROOT), "utf8");
}

/**
 * A question after the mistake whose name shares the most words with what was typed, or the most
 * letters.
 */
function closest(name: string, known: readonly string[]): string | undefined {
  const words = name.split("-");
  const shared = (other: string): number =>
    other.split("-").filter((word) => words.includes(word)).length;
  const best = [...known].sort((a, b) => shared(b) - shared(a))[0]!;
  return shared(best) > 0 ? `did you mean ${best}?` : didYouMean(name, known);
}
