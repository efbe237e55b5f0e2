/**
 * The process in which variants of the engine run: told what to replace, it loads and runs what it
 * is asked to, as often as it is asked.
 */
import { register } from "node:module";
import { MessageChannel, Worker } from "node:worker_threads";
import { inVariant, type Planting } from "./hooks.js";
import { lineOf } from "./line-of.js";
import type { VariantOutcome, VariantTask } from "./variant-task.js";

const { port1: hooks, port2 } = new MessageChannel();
register("./hooks.js", import.meta.url, { data: port2, transferList: [port2] });
hooks.unref();

let count = 0;
process.on("message", (task: VariantTask) => void run(task));
process.once("disconnect", () => process.exit()); // there is no more work, or no parent
// In a loop that never ends, this thread would not notice that its parent is gone.
const watch = `setInterval(() => {
  if (process.ppid !== ${Number(process.argv[2])}) process.kill(process.pid, "SIGKILL");
}, 250);`;
new Worker(watch, { eval: true }).unref();

async function run({ texts, module, input, source }: VariantTask): Promise<void> {
  const variant = String(++count);
  process.setSourceMapsEnabled(source !== undefined);
  await plant({ variant, texts });
  const tell = (outcome: VariantOutcome): void => {
    if (process.connected) process.send?.(outcome, () => {}); // the parent may be gone
  };
  try {
    const entry = new URL(inVariant(module, variant));
    const { default: work } = (await import(entry.href)) as {
      default: (input: unknown, report: (message: unknown) => void) => Promise<unknown>;
    };
    const result = await work(input, (message) => tell({ type: "report", message }));
    const unused = [...texts.keys()].find(
      (address) => !loadedTexts().includes(inVariant(address, variant)),
    );
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
}

/** Returns once the hooks know of it, so that what is imported from then on is as it says. */
async function plant(planting: Planting): Promise<void> {
  const known = new Promise((resolve) => hooks.once("message", resolve));
  hooks.postMessage(planting);
  await known;
}

/** The modules that were loaded with a new text: each adds its address, see hooks.ts. */
function loadedTexts(): readonly string[] {
  return (globalThis as { leibnizLoadedTexts?: readonly string[] }).leibnizLoadedTexts ?? [];
}
