/** `leibniz derive`: every equation of the derivations, run against the engine. */
import { Argument, Command } from "commander";
import {
  belongsTo,
  type Chapter,
  chapters,
  DERIVATION_TOLERANCE,
  type EquationResult,
  type Mutation,
  mutationsOf,
  openChapter,
  runChapter,
} from "../checks/index.js";
import { padTo } from "./fold.js";
import { withValues } from "./known-values.js";
import { rejectName } from "./nearest.js";
import { jsonOption, nextTurn, printJson, seedOption } from "./options.js";
import { paint, printText, type Tone, widthOf } from "./terminal.js";

interface DeriveOptions {
  readonly seed: number;
  readonly json?: boolean;
  readonly mutate?: boolean;
}

/** Columns that a table takes whose rows name their files. */
const ROOM_FOR_FILES = 92;

const TONES: Readonly<Record<string, Tone>> = { pass: "good", wrong: "bad", missing: "bad" };

export function deriveCommand(): Command {
  const names = chapters.map(({ name }) => name);
  return new Command("derive")
    .addArgument(
      withValues(
        new Argument(
          "[chapters...]",
          `which chapters: ${names.join(", ")} (default: all); one with parts brings them along`,
        ),
        names,
      ),
    )
    .addOption(seedOption())
    .option(
      "--mutate",
      "instead, change each sign, factor and order of indices of every block, one at a time, " +
        "and see whether it is noticed",
    )
    .addOption(jsonOption())
    .action(runDerive);
}

async function runDerive(
  names: readonly string[],
  { seed, json = false, mutate = false }: DeriveOptions,
): Promise<void> {
  const known = chapters.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name)) rejectName("derive", "a chapter", known, name);
  const chosen = chapters.filter((chapter) => names.length === 0 || belongsTo(chapter, names));
  const isRight = mutate
    ? await showMutations(chosen, seed, json)
    : await showEquations(chosen, seed, json);
  if (!isRight) process.exitCode = 1;
}

async function showEquations(
  chosen: readonly Chapter[],
  seed: number,
  json: boolean,
): Promise<boolean> {
  const counts = { pass: 0, wrong: 0, definition: 0, missing: 0 };
  let worst = 0;
  const isNarrow = widthOf(process.stdout) < ROOM_FOR_FILES;
  const where = isNarrow ? "line" : "derivations/…, line";
  if (!json) showRow("equation", "compared", "difference", "verdict", where);
  for (const chapter of chosen) {
    for (const result of await runChapter(chapter, seed)) {
      counts[result.verdict]++;
      worst = Math.max(worst, result.maxDifference ?? 0);
      if (json) printJson(result);
      else showResult(result, isNarrow);
    }
    await nextTurn();
  }
  if (!json) {
    const rest = [
      `${counts.wrong} wrong`,
      ...(counts.missing > 0 ? [`${counts.missing} without a block`] : []),
      `${counts.definition} that only give a name`,
    ].join(", ");
    printText(
      `\n` +
        `${counts.pass} equations executed and right, ${rest}; largest difference ` +
        `${worst.toExponential(1)} (up to ${DERIVATION_TOLERANCE} is rounding)`,
    );
  }
  return counts.wrong + counts.missing === 0;
}

function showResult(
  { tag, chapter, line, comparisons, maxDifference, verdict, problem }: EquationResult,
  isNarrow: boolean,
): void {
  const difference = maxDifference === null ? "" : maxDifference.toExponential(1);
  const where = isNarrow ? String(line) : `${chapter}.md:${line}`;
  showRow(
    tag,
    comparisons === 0 ? "" : String(comparisons),
    difference,
    verdict,
    where + (problem === null ? "" : `  ${problem}`),
  );
}

function showRow(
  tag: string,
  comparisons: string,
  difference: string,
  verdict: string,
  rest: string,
): void {
  printText(
    `${tag.padEnd(28)}${comparisons.padStart(8)}${difference.padStart(12)}  ` +
      `${padTo(paint(TONES[verdict] ?? null, verdict), 12)}${rest}`.trimEnd(),
    4,
  );
}

/** Plants every mutation in every block and counts those that nothing noticed. */
async function showMutations(
  chosen: readonly Chapter[],
  seed: number,
  json: boolean,
): Promise<boolean> {
  let planted = 0;
  let missed = 0;
  let blocks = 0;
  for (const chapter of chosen) {
    const before = { planted, missed };
    await openChapter(chapter, seed, async (tag, run, source, runChanged) => {
      blocks++;
      // A block that is wrong already would notice everything.
      const { problem } = await run();
      if (problem !== null) missed += report(json, tag, `wrong without any change: ${problem}`);
      const all: readonly Mutation[] = mutationsOf(source);
      planted += all.length;
      if (all.length === 0) missed += report(json, tag, "there is nothing in it to change");
      for (const { change, source: changed } of all) {
        if ((await runChanged(changed)).problem === null) missed += report(json, tag, change);
      }
    });
    if (!json)
      printText(
        `${chapter.name.padEnd(28)}${planted - before.planted} mutations planted, ` +
          `${missed - before.missed} not noticed`,
        28,
      );
    await nextTurn();
  }
  if (!json) printText(`\n${planted} mutations planted in ${blocks} blocks, ${missed} not noticed`);
  return missed === 0;
}

function report(json: boolean, tag: string, change: string): 1 {
  if (json) printJson({ tag, change, verdict: "not noticed" });
  else printText(`${tag.padEnd(28)}${paint("bad", "not noticed")}: ${change}`, 28);
  return 1;
}
