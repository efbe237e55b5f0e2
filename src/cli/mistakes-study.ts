/** Studies mistakes and shows each as soon as those before it have been shown. */
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import {
  chapterOf,
  type Finding,
  type Mistake,
  plantedTexts,
  runStudies,
  type SetupName,
  type Study,
  type StudyReport,
  type StudyTask,
} from "../checks/index.js";
import { MistakesProgress } from "./mistakes-progress.js";
import {
  type Epoch,
  formatChecks,
  formatEpoch,
  type MistakeResult,
  percent,
  toJson,
} from "./mistakes-results.js";

/** Where the package's files are. */
export const ROOT = new URL("../../", import.meta.url);
const RECORDED = new URL("../../test/fixtures/", import.meta.url);
const MOST_PROCESSES = 4;

export interface StudyOptions {
  readonly quick?: boolean;
  readonly images: number;
  readonly seed: number;
  readonly data?: string;
  readonly json?: boolean;
}

/** What is known of one mistake so far, and what of it has been shown. */
interface Entry {
  readonly mistake: Mistake;
  readonly texts: Study["texts"];
  findings: readonly Finding[] | null;
  readonly epochs: Omit<Epoch, "right">[];
  shownChecks: boolean;
  shownEpochs: number;
}

/** @returns the results of all mistakes, in their order */
export async function studyMistakes(
  chosen: readonly Mistake[],
  options: StudyOptions,
  stop: AbortSignal,
): Promise<readonly MistakeResult[]> {
  const processes = Math.min(availableParallelism(), MOST_PROCESSES);
  const progress = new MistakesProgress();
  const texts = await Promise.all(chosen.map(plantedTexts)); // may find one that no longer fits
  const desk = new Desk(chosen, texts, options, progress);
  const studies = desk.studies();
  progress.start(chosen.length, processes, options.json === true);
  try {
    await runStudies(studies, processes, stop);
  } finally {
    progress.end();
  }
  return desk.results;
}

/** Sends mistakes out to be studied, and collects what comes back. */
class Desk {
  readonly results: MistakeResult[] = [];
  readonly #entries: readonly Entry[];
  /** Accuracies without a mistake. */
  readonly #right = new Map<SetupName, number>();
  readonly #options: StudyOptions;
  readonly #progress: MistakesProgress;

  /** @param texts modules with each of the mistakes in them */
  constructor(
    chosen: readonly Mistake[],
    texts: readonly Study["texts"][],
    options: StudyOptions,
    progress: MistakesProgress,
  ) {
    this.#entries = chosen.map((mistake, i) => ({
      mistake,
      texts: texts[i]!,
      findings: null,
      epochs: [],
      shownChecks: false,
      shownEpochs: 0,
    }));
    this.#options = options;
    this.#progress = progress;
  }

  /** In front of the first mistake that needs a setup stands the engine without one. */
  studies(): Study[] {
    const { quick = false, images, seed, data = null } = this.#options;
    const recorded = readdirSync(RECORDED)
      .filter((file) => file.endsWith("layers.json"))
      .map((file) => readFileSync(new URL(file, RECORDED), "utf8"));
    const common = { images: quick ? null : images, seed, data };
    const planned = new Set<SetupName>();
    return this.#entries.flatMap((entry): Study[] => {
      const { mistake } = entry;
      const compared = mistake.setups
        .filter((setup) => !planned.has(setup))
        .flatMap((setup): Study[] => {
          const isFirst = planned.size === 0;
          planned.add(setup);
          if (quick && !isFirst) return []; // neither checks nor training
          const task: StudyTask = {
            ...common,
            layers: [...new Set(this.#entries.flatMap((one) => one.mistake.layers))],
            chapters: [],
            setups: [setup],
            primitives: [],
            recorded: isFirst ? recorded : null,
          };
          return [{ texts: new Map(), task, onReport: (report) => this.#onRight(report) }];
        });
      const task: StudyTask = {
        ...common,
        layers: mistake.layers,
        chapters: [chapterOf(mistake.tag)],
        setups: mistake.setups,
        primitives: mistake.primitives ?? [],
        recorded,
      };
      return [
        ...compared,
        {
          texts: entry.texts,
          task,
          onReport: (report: StudyReport) => this.#onMistake(entry, report),
        },
      ].filter(
        ({ task: { images: trained, recorded: checked } }) => trained !== null || checked !== null,
      );
    });
  }

  #onMistake(entry: Entry, report: StudyReport): void {
    if (report.type === "checked") entry.findings = report.findings;
    if (report.type === "trained")
      entry.epochs.push({
        setup: report.setup,
        accuracy: report.accuracy,
        stopped: report.stopped,
      });
    if (report.type === "progress")
      this.#progress.show(`${entry.mistake.name}, ${report.setup} ${percent(report.share)}`);
    else this.#showWhatIsNext();
  }

  /** No check may complain about the engine without a mistake, and it must train. */
  #onRight(report: StudyReport): void {
    if (report.type === "checked") {
      const wrong = report.findings.find(({ verdict }) => verdict === "caught");
      if (wrong !== undefined)
        throw new Error(
          `mistakes: without any mistake, the check ${wrong.check} says: ${wrong.complaint}`,
        );
    } else if (report.type === "progress") {
      this.#progress.show(`no mistake, ${report.setup} ${percent(report.share)}`);
    } else {
      if (report.accuracy === null)
        throw new Error(`mistakes: without any mistake, training stops: ${report.stopped}`);
      this.#right.set(report.setup, report.accuracy);
      this.#showWhatIsNext();
    }
  }

  #showWhatIsNext(): void {
    for (
      let entry = this.#entries[this.results.length];
      entry?.findings != null;
      entry = this.#entries[this.results.length]
    ) {
      const { mistake, findings } = entry;
      const epochs = entry.epochs
        .filter(({ setup }) => this.#right.has(setup))
        .map((epoch): Epoch => ({ ...epoch, right: this.#right.get(epoch.setup)! }));
      const isComplete = this.#options.quick === true || epochs.length === mistake.setups.length;
      if (this.#options.json !== true) {
        if (!entry.shownChecks) this.#progress.print(formatChecks({ mistake, findings }));
        for (const epoch of epochs.slice(entry.shownEpochs))
          this.#progress.print(formatEpoch(epoch));
        entry.shownChecks = true;
        entry.shownEpochs = epochs.length;
      } else if (isComplete) this.#progress.printObject(toJson({ mistake, findings, epochs }));
      if (!isComplete) return;
      this.results.push({ mistake, findings, epochs });
      this.#progress.done();
    }
  }
}
