/**
 * The process in which variants of the engine run: told what to replace, it loads and runs what it
 * is asked to, as often as it is asked.
 */
import { register } from "node:module";
import { MessageChannel, Worker } from "node:worker_threads";
import { inVariant, type Planting } from "./hooks.js";
import { lineOf } from "./line-of.js";
import { messageOf } from "./message-of.js";
import type { SentOutcome, SentTask, VariantOutcome } from "./variant-task.js";

const { port1: hooks, port2 } = new MessageChannel();
register("./hooks.js", import.meta.url, { data: port2, transferList: [port2] });
hooks.unref();

let count = 0;
// the work may put another function in its place
const send = process.send!.bind(process);
process.on("message", (task: SentTask) => void run(task));
process.once("disconnect", endGroup); // there is no more work, or no parent
// In a loop that never ends, this thread would notice neither that its parent is gone nor that the
// memory runs out.
const [parent, mostBytes] = process.argv.slice(2).map(Number);
const watch = `${endGroup.toString()}
setInterval(() => {
  if (process.ppid !== ${parent} || process.memoryUsage.rss() > ${mostBytes}) endGroup();
}, 100);`;
new Worker(watch, { eval: true }).unref();

/** Ends this process and all that the work has started and left behind. */
function endGroup(): void {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.kill(process.pid, "SIGKILL"); // where there are no groups
  }
}

/** Of the task that runs, if it is a reader's: what is thrown where nobody waits ends it, too. */
let fail: ((error: unknown) => void) | null = null;

async function run({ texts, module, input, source, key }: SentTask): Promise<void> {
  const variant = String(++count);
  process.setSourceMapsEnabled(source !== undefined);
  await plant({ variant, texts });
  const tell = (outcome: VariantOutcome): void => {
    const sent: SentOutcome = { ...outcome, key };
    if (process.connected) send(sent, () => {}); // the parent may be gone
  };
  const failed = (error: unknown): void =>
    tell({ type: "failed", message: messageOf(error), line: lineOf(error, source) });
  if (source !== undefined) {
    if (fail === null) process.on("uncaughtException", (error) => fail?.(error));
    fail = failed;
  }
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
    failed(error);
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
