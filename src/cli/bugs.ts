/** `leibniz bugs`: real mistakes, planted in the engine one at a time, and which check catches which. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import cliProgress from "cli-progress";
import { Command } from "commander";
import { catalog } from "../backprop/index.js";
import { chapterOf, compiledPath, difference, type Mistake, mistakes, patch, runStudies, type SetupName, type Study, type StudyReport, type StudyTask } from "../checks/index.js";
import { InputError, reject } from "../tensor/index.js";
import { readGenerated, writeChapter } from "./bugs-chapter.js";
import { caughtBy, type Epoch, formatChecks, formatEpoch, type MistakeResult, missedBy, percent, toJson } from "./bugs-results.js";
import { dataOption, jsonOption, printJson, seedOption, wholeNumber } from "./options.js";
import { formatSeconds } from "./progress.js";

interface BugsOptions {
  readonly list?: boolean;
  readonly quick?: boolean;
  readonly write?: string;
  readonly images: number;
  readonly seed: number;
  readonly data?: string;
  readonly json?: boolean;
}

const ROOT = new URL("../../", import.meta.url);
const RECORDED = new URL("../../test/fixtures/pytorch-layers.json", import.meta.url);
const ALL_IMAGES = 60_000;
const MOST_PROCESSES = 4;

export function bugsCommand(): Command {
  return new Command("bugs")
    .description("plant real mistakes in the engine, one at a time, and see which check catches which and what one epoch of MNIST comes to")
    .argument("[names...]", "which mistakes, by name (default: all)")
    .option("--list", "only list them, each with its lines")
    .option("--quick", "run the checks and train nothing")
    .option("--images <N>", "training images of the epoch", wholeNumber("--images", 1), ALL_IMAGES)
    .option("--write <FILE>", "also put the results into FILE, between its two marks, as derivations/mistakes.md has them")
    .addOption(seedOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(runBugs);
}

async function runBugs(names: readonly string[], options: BugsOptions): Promise<void> {
  const known = mistakes.map(({ name }) => name);
  for (const name of names) if (!known.includes(name)) reject("bugs", "a mistake that --list lists", `"${name}"`, closest(name, known));
  if (options.write !== undefined && names.length > 0) reject("--write", "all mistakes, since it writes a table of all", names.join(", "));
  const chosen = mistakes.filter(({ name }) => names.length === 0 || names.includes(name));
  if (options.list === true) return list(chosen, options.json === true);
  if (options.write !== undefined) readGenerated(options.write);
  const started = performance.now();
  const results = await study(chosen, options);
  const missed = results.filter((result) => caughtBy(result).length === 0);
  if (options.json !== true) {
    const popular = results.filter((result) => missedBy(result).length > 0).length;
    console.log(`\n${results.length} mistakes, ${results.length - missed.length} caught; ${popular} of them missed by some popular check; ${formatSeconds((performance.now() - started) / 1000)} min`);
  }
  if (options.write !== undefined) writeChapter(options.write, results, sourceOf);
  if (missed.length > 0) process.exitCode = 1;
}

function list(chosen: readonly Mistake[], json: boolean): void {
  for (const mistake of chosen) {
    const { name, title, file, tag, story } = mistake;
    const lines = difference(sourceOf(file), mistake);
    if (json) printJson({ name, title, file, tag, chapter: `derivations/${chapterOf(tag)}.md`, difference: lines });
    else console.log(`${name}: ${title}\n  ${file}, (${tag})\n${lines.replace(/^/gm, "  ")}\n  ${story}\n`);
  }
}

/** Runs everything, prints each result as soon as those before it are printed, and returns them all. */
async function study(chosen: readonly Mistake[], options: BugsOptions): Promise<MistakeResult[]> {
  const show = new Progress(chosen.length);
  const right = new Map<SetupName, number>();
  const entries = chosen.map((mistake) => ({ mistake, findings: null as MistakeResult["findings"] | null, epochs: [] as Omit<Epoch, "right">[], shown: { checks: false, epochs: 0 } }));
  let printed = 0;
  const results: MistakeResult[] = [];
  const flush = (): void => {
    for (let entry = entries[printed]; entry !== undefined; entry = entries[printed]) {
      const { mistake, findings, shown } = entry;
      if (findings === null) return;
      const wanted = options.quick === true ? [] : mistake.setups;
      const epochs = entry.epochs.filter(({ setup }) => right.has(setup)).map((epoch): Epoch => ({ ...epoch, right: right.get(epoch.setup)! }));
      if (options.json !== true) {
        if (!shown.checks) show.print(formatChecks({ mistake, findings }));
        for (const epoch of epochs.slice(shown.epochs)) show.print(formatEpoch(epoch));
      }
      entry.shown = { checks: true, epochs: epochs.length };
      if (epochs.length < wanted.length) return;
      results.push({ mistake, findings, epochs });
      if (options.json === true) show.print(JSON.stringify(toJson(results.at(-1)!)));
      printed++;
      show.done();
    }
  };
  const studies: Study[] = [];
  const planned = new Set<SetupName>();
  const everything = { layers: catalog.map(({ layer }) => layer), chapters: [], primitives: [] };
  const recorded = readFileSync(RECORDED, "utf8");
  for (const entry of entries) {
    const { mistake } = entry;
    for (const setup of mistake.setups.filter((name) => !planned.has(name))) {
      planned.add(setup);
      const task = taskOf(options, { ...everything, setups: [setup], recorded: planned.size === 1 ? recorded : null });
      studies.push({ texts: new Map(), task, onReport: (report) => onRight(report, right, flush, show) });
    }
    const { layers, setups: wanted, primitives = [] } = mistake;
    const task = taskOf(options, { layers, chapters: [chapterOf(mistake.tag)], setups: wanted, primitives, recorded });
    const onReport = (report: StudyReport): void => {
      if (report.type === "checked") entry.findings = report.findings;
      if (report.type === "trained") entry.epochs.push({ setup: report.setup, accuracy: report.accuracy, stopped: report.stopped });
      if (report.type === "progress") show.training(`${mistake.name}, ${report.setup}`, report.share);
      flush();
    };
    studies.push({ texts: textsOf(mistake), task, onReport: onReport });
  }
  const processes = Math.min(availableParallelism(), MOST_PROCESSES);
  if (!process.stderr.isTTY && options.json !== true) console.error(`${chosen.length} of ${mistakes.length} mistakes, ${processes} at a time`);
  await untilInterrupted((stop) => runStudies(options.quick === true ? studies.filter(({ task }) => task.recorded !== null) : studies, processes, stop), () => show.end());
  return results;
}

/** The engine without a mistake: its accuracies, for comparison, and no check may complain about it. */
function onRight(report: StudyReport, right: Map<SetupName, number>, flush: () => void, show: Progress): void {
  if (report.type === "checked") {
    const complaint = report.findings.find(({ verdict }) => verdict === "caught");
    if (complaint !== undefined) throw new Error(`bugs: without any mistake, the check ${complaint.check} says: ${complaint.complaint}`);
  }
  if (report.type === "progress") show.training(`no mistake, ${report.setup}`, report.share);
  if (report.type === "trained") {
    if (report.accuracy === null) throw new Error(`bugs: without any mistake, training stops: ${report.stopped}`);
    right.set(report.setup, report.accuracy);
    flush();
  }
}

function taskOf({ quick, images, data, seed }: BugsOptions, rest: Pick<StudyTask, "layers" | "chapters" | "setups" | "primitives" | "recorded">): StudyTask {
  return { ...rest, images: quick === true ? null : images, data: data ?? null, seed };
}

/** The compiled module with the mistake in it. */
function textsOf(mistake: Mistake): ReadonlyMap<string, string> {
  const compiled = new URL(compiledPath(mistake.file), ROOT);
  return new Map([[compiled.href, patch(readFileSync(compiled, "utf8"), mistake, compiledPath(mistake.file))]]);
}

function sourceOf(file: string): string {
  return readFileSync(new URL(file, ROOT), "utf8");
}

/** A mistake whose name shares the most words with what was typed. */
function closest(name: string, known: readonly string[]): string | undefined {
  const words = name.split("-");
  const shared = (other: string): number => other.split("-").filter((word) => words.includes(word)).length;
  const best = [...known].sort((a, b) => shared(b) - shared(a))[0]!;
  return shared(best) > 0 ? `did you mean ${best}?` : undefined;
}

/** A bar on a terminal, on standard error; results go to standard output, above it. */
class Progress {
  readonly #bar: cliProgress.SingleBar | null = null;

  constructor(total: number) {
    if (!process.stderr.isTTY) return;
    this.#bar = new cliProgress.SingleBar({ format: "{value}/{total} mistakes {bar} {what}", hideCursor: true, clearOnComplete: true, barsize: 24, gracefulExit: false }, cliProgress.Presets.shades_classic);
    this.#bar.start(total, 0, { what: "checks" });
  }

  training(what: string, share: number): void {
    this.#bar?.update({ what: `${what} ${percent(share)}` });
  }

  print(text: string): void {
    if (this.#bar !== null) process.stderr.write("\r\u001b[K");
    console.log(text);
  }

  done(): void {
    this.#bar?.increment();
  }

  end(): void {
    this.#bar?.stop();
  }
}

/** Ends everything on Ctrl-C, or on a request to terminate. @throws InputError then */
async function untilInterrupted(run: (stop: AbortSignal) => Promise<void>, end: () => void): Promise<void> {
  const stop = new AbortController();
  let signal: NodeJS.Signals | null = null;
  const ask = (received: NodeJS.Signals): void => {
    signal = received;
    stop.abort();
  };
  process.on("SIGINT", ask).on("SIGTERM", ask);
  try {
    await run(stop.signal);
  } catch (error) {
    if (signal === null) throw error;
  } finally {
    process.off("SIGINT", ask).off("SIGTERM", ask);
    end();
  }
  if (signal !== null) throw new InputError(`bugs: stopped by ${signal as NodeJS.Signals}; nothing was written`);
}
