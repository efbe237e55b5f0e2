/**
 * The process that {@link runVariant} starts: told what to replace, it loads and runs what it is
 * asked to.
 */
import { register } from "node:module";
import { Worker } from "node:worker_threads";
import type { VariantOutcome, VariantTask } from "./run-variant.js";

process.once("message", (task: VariantTask) => void run(task));
// also when the process that started this one is gone, and even if this one is in a loop that never
// ends: then only another thread notices
process.once("disconnect", () => process.exit());
const watch = `setInterval(() => {
  if (process.ppid !== ${Number(process.argv[2])}) process.kill(process.pid, "SIGKILL");
}, 250);`;
new Worker(watch, { eval: true }).unref();

async function run({ texts, module, input, source }: VariantTask): Promise<void> {
  if (source !== undefined) process.setSourceMapsEnabled(true);
  register("./hooks.js", import.meta.url, { data: texts });
  const tell = (outcome: VariantOutcome): void => {
    if (process.connected) process.send?.(outcome, () => {}); // whoever asked may be gone
  };
  try {
    // Only now, so that the engine's modules are loaded with their new texts.
    const entry = new URL(module);
    const { default: work } = (await import(entry.href)) as {
      default: (input: unknown, report: (message: unknown) => void) => Promise<unknown>;
    };
    const result = await work(input, (message) => tell({ type: "report", message }));
    const unused = [...texts.keys()].find((address) => !loadedTexts().includes(address));
    if (unused !== undefined)
      throw new Error(`expected ${unused} to be loaded, but nothing imports it`);
    tell({ type: "done", result });
  } catch (error) {
    tell({
      type: "failed",
      message: error instanceof Error ? error.message : String(error),
      line: lineOf(error, source),
    });
  }
  process.disconnect();
}

/** The modules that were loaded with their new text: each adds its address, see hooks.ts. */
function loadedTexts(): readonly string[] {
  return (globalThis as { leibnizLoadedTexts?: readonly string[] }).leibnizLoadedTexts ?? [];
}

/**
 * Where in the file that a new text was made from it happened: the innermost call there, by the
 * text's source map.
 */
function lineOf(error: unknown, source: string | undefined): number | null {
  const stack = (error instanceof Error && error.stack) || "";
  const [, behind] = source === undefined ? [] : stack.split(`${source}:`);
  return behind === undefined ? null : Number.parseInt(behind, 10);
}
