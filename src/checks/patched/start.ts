/** The process that {@link runPatched} starts: told what to replace, it loads and runs what it is asked to. */
import { register } from "node:module";
import type { PatchedOutcome, PatchedTask } from "./run-patched.js";

process.once("message", ({ texts, module, input }: PatchedTask) => void run(texts, module, input));
process.once("disconnect", () => process.exit()); // also when the process that started this one is gone

async function run(texts: ReadonlyMap<string, string>, module: string, input: unknown): Promise<void> {
  register("./hooks.js", import.meta.url, { data: texts });
  const tell = (outcome: PatchedOutcome): void => {
    if (process.connected) process.send?.(outcome, () => {}); // whoever asked may be gone
  };
  try {
    // Only now, so that the engine's modules are loaded with their new texts.
    const entry = new URL(module);
    const { default: work } = (await import(entry.href)) as { default: (input: unknown, report: (message: unknown) => void) => Promise<unknown> };
    const result = await work(input, (message) => tell({ type: "report", message }));
    tell({ type: "done", result });
  } catch (error) {
    tell({ type: "failed", message: error instanceof Error ? error.message : String(error), name: error instanceof Error ? error.name : "Error" });
  }
  process.disconnect();
}
