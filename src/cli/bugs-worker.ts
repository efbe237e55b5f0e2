/**
 * A process whose engine has one mistake in it, or none. It is started by `bugs-processes.ts`, receives one task and sends reports. The
 * engine is imported after the mistake is in place, so that every module sees it; nothing is written to disk.
 */
import { readFileSync } from "node:fs";
import { register } from "node:module";
import type { Finding, Primitive, SetupName } from "../checks/index.js";
import type { Replacement } from "./bugs-hook.js";

/** What a process has to do. */
export interface Task {
  readonly replacement: Replacement | null;
  readonly layers: readonly string[];
  readonly chapters: readonly string[];
  readonly setups: readonly SetupName[];
  readonly primitives: readonly Primitive[];
  /** Whether the checks are run, or only the training. */
  readonly checks: boolean;
  /** Training images of one epoch; null for none, so that nothing is trained. */
  readonly images: number | null;
  readonly data: string | undefined;
  readonly seed: number;
}

export type Report =
  | { readonly type: "checked"; readonly findings: readonly Finding[] }
  | { readonly type: "progress"; readonly setup: SetupName; readonly share: number }
  | { readonly type: "trained"; readonly setup: SetupName; readonly accuracy: number | null; readonly stopped: string | null }
  | { readonly type: "failed"; readonly message: string };

const RECORDED = new URL("../../test/fixtures/pytorch-layers.json", import.meta.url);

async function work(task: Task): Promise<void> {
  if (task.replacement !== null) register("./bugs-hook.js", import.meta.url, { data: task.replacement });
  const { openMixedBackend, runChecks, runEpoch, setups } = await import("../checks/index.js");
  const { drawSubset, loadMnist } = await import("../data/index.js");
  const { Random } = await import("../tensor/index.js");
  const chosen = task.setups.map((name) => setups[name]);
  const data = await loadMnist(task.data);
  if (task.checks) {
    const { layers, chapters, primitives } = task;
    report({ type: "checked", findings: await runChecks({ layers, chapters, primitives, setups: chosen, data, recorded: readFileSync(RECORDED, "utf8") }) });
  }
  if (task.images === null) return;
  const total = data.train.images.count;
  const subset = task.images >= total ? {} : { subset: drawSubset(total, task.images, new Random(task.seed).split("subset")) };
  for (const setup of chosen) {
    const backend = await openMixedBackend(task.primitives);
    let next = 0;
    const onStep = async (_loss: number, share: number): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve)); // or no signal is heard
      if (share < next) return;
      next = share + 0.02;
      report({ type: "progress", setup: setup.name, share });
    };
    try {
      const { testAccuracy } = await runEpoch({ setup, backend, data, seed: task.seed, ...subset, onStep });
      report({ type: "trained", setup: setup.name, accuracy: testAccuracy, stopped: null });
    } catch (error) {
      report({ type: "trained", setup: setup.name, accuracy: null, stopped: lineOf(error) });
    } finally {
      await backend.dispose();
    }
  }
}

function report(message: Report): void {
  process.send?.(message);
}

function lineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll("\n", " ");
}

process.once("message", (task: Task) => {
  work(task)
    .catch((error: unknown) => report({ type: "failed", message: lineOf(error) }))
    .finally(() => process.disconnect());
});
process.on("disconnect", () => process.exit());
