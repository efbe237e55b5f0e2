/**
 * What is done with one mistake, in a process whose engine has it in it, or none: the checks, then
 * an epoch of MNIST.
 */
import { drawSubset, loadMnist } from "../../data/index.js";
import { Random } from "../../tensor/index.js";
import type { Finding } from "./check.js";
import { runChecks } from "./checks.js";
import type { Primitive } from "./mistake.js";
import { openMixedBackend, runEpoch } from "./one-epoch.js";
import { type SetupName, setups } from "./setups.js";

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
  /** Accuracy on the test images as the engine reports it, or why it stopped. */
  | {
      readonly type: "trained";
      readonly setup: SetupName;
      readonly accuracy: number | null;
      readonly stopped: string | null;
    };

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
  const total = data.train.images.count;
  const subset =
    task.images >= total
      ? {}
      : { subset: drawSubset(total, task.images, new Random(seed).split("subset")) };
  for (const setup of chosen) {
    const backend = await openMixedBackend(primitives);
    let next = 0;
    const onStep = async (_loss: number, share: number): Promise<void> => {
      if (share < next) return;
      next = share + 0.02;
      report({ type: "progress", setup: setup.name, share });
      await new Promise((resolve) => setTimeout(resolve)); // lets the report go out
    };
    try {
      const { testAccuracy } = await runEpoch({ setup, backend, data, seed, ...subset, onStep });
      report({ type: "trained", setup: setup.name, accuracy: testAccuracy, stopped: null });
    } catch (error) {
      report({
        type: "trained",
        setup: setup.name,
        accuracy: null,
        stopped: (error instanceof Error ? error.message : String(error)).replaceAll("\n", " "),
      });
    } finally {
      await backend.dispose();
    }
  }
}
