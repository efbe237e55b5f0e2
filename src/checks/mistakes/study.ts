/**
 * What is done with one mistake, in a process whose engine has it in it, or none: the checks, then
 * an epoch of MNIST.
 */
import { loadMnist } from "../../data/index.js";
import type { Finding } from "./check.js";
import { runChecks } from "./checks.js";
import type { Primitive } from "./mistake.js";
import { type SetupName, setups } from "./setups.js";
import { type Seen, trainOnce } from "./train-once.js";

/** What a process with a mistake in its engine is asked to do. */
export interface StudyTask {
  /** See {@link CheckContext}. */
  readonly layers: readonly string[];
  /** See {@link CheckContext}. */
  readonly chapters: readonly string[];
  /** For the checks, and to be trained one after the other. */
  readonly setups: readonly SetupName[];
  /** See {@link CheckContext}. */
  readonly primitives: readonly Primitive[];
  /** Recorded results of another engine, for the checks; null runs no checks, and only trains. */
  readonly recorded: readonly string[] | null;
  /** Training images of one epoch; null trains nothing. */
  readonly images: number | null;
  /** The folder of MNIST's files, if it is not that of the package. */
  readonly data: string | null;
  /** Of the trainings: images, initial weights, order. */
  readonly seed: number;
}

/** What it tells, as it comes: the checks, then for each setup how far it is, and what it saw. */
export type StudyReport =
  | {
      /** Tells the reports apart. */
      readonly type: "checked";
      /** What each check said, in the order of the tables. */
      readonly findings: readonly Finding[];
    }
  | {
      /** Tells the reports apart. */
      readonly type: "progress";
      /** What is being trained. */
      readonly setup: SetupName;
      /** Of the epoch that is done, from 0 to 1. */
      readonly share: number;
    }
  | ({
      /** Tells the reports apart. */
      readonly type: "trained";
      /** What was trained. */
      readonly setup: SetupName;
    } & Seen);

export default async function study(
  input: unknown,
  report: (message: StudyReport) => void,
): Promise<void> {
  const { layers, chapters, primitives, recorded, seed, ...task } = input as StudyTask;
  const chosen = task.setups.map((name) => setups[name]);
  const data = await loadMnist(task.data ?? undefined);
  if (recorded !== null)
    report({
      type: "checked",
      findings: await runChecks({ layers, chapters, primitives, setups: chosen, data, recorded }),
    });
  if (task.images === null) return;
  for (const setup of task.setups) {
    const onProgress = (share: number): void => report({ type: "progress", setup, share });
    const options = { setup, primitives, data, images: task.images, seed, onProgress };
    report({ type: "trained", setup, ...(await trainOnce(options)) });
  }
}
