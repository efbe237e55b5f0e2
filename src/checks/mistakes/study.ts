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

export interface StudyTask {
  readonly layers: readonly string[];
  readonly chapters: readonly string[];
  readonly setups: readonly SetupName[];
  readonly primitives: readonly Primitive[];
  /** Recorded results of another engine, for the checks; null runs no checks, and only trains. */
  readonly recorded: readonly string[] | null;
  /** Training images of one epoch; null trains nothing. */
  readonly images: number | null;
  /** The folder of MNIST's files, if it is not that of the package. */
  readonly data: string | null;
  readonly seed: number;
}

export type StudyReport =
  | { readonly type: "checked"; readonly findings: readonly Finding[] }
  /** The share of the epoch that is done. */
  | { readonly type: "progress"; readonly setup: SetupName; readonly share: number }
  | ({ readonly type: "trained"; readonly setup: SetupName } & Seen);

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
