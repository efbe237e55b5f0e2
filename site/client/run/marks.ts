/**
 * The mark of each equation: it runs the block, all of the chapter, or the block with a mistake.
 */
import { all, announce, root } from "../dom.js";
import { Engine } from "./engine.js";
import type { Outcome } from "./messages.js";
import { toggleChanges } from "./changes.js";
import { resultText, shortNumber } from "./words.js";

/** Sets the buttons going that the page has beside its equations. */
export function startRun(): void {
  const { name = "", page } = document.body.dataset;
  const marks = all(".mark[data-run]");
  if (page !== "chapter" || marks.length === 0) return;
  const engine = new Engine(new URL(`${root()}assets/run/${name}.js`, document.baseURI).href);
  const runOne = async (tag: string): Promise<void> => {
    showState(tag, "running");
    try {
      await engine.ask({ ask: "run", tags: [tag] }, (answer) => {
        if ("outcome" in answer) showOutcome(answer.outcome);
      });
    } catch (error) {
      showState(tag, "wrong", messageOf(error));
    }
    announce(`(${tag}) ${resultOf(tag)?.textContent}`);
  };
  for (const mark of marks) {
    const tag = mark.dataset["run"]!;
    mark.querySelector(".run")?.addEventListener("click", () => void runOne(tag));
    mark.querySelector<HTMLElement>(".break")?.addEventListener("click", (event) => {
      const button = event.currentTarget as HTMLElement;
      void toggleChanges({ tag, button, engine, runOne }).catch((error: unknown) =>
        showState(tag, "wrong", messageOf(error)),
      );
    });
  }
  for (const button of all<HTMLButtonElement>("[data-action='run-all']"))
    button.addEventListener("click", () => void runAll(engine, button));
}

async function runAll(engine: Engine, button: HTMLButtonElement): Promise<void> {
  const tags = all(".mark[data-run]").map((mark) => mark.dataset["run"]!);
  const output = button.parentElement!.querySelector("output")!;
  button.disabled = true;
  for (const tag of tags) showState(tag, "running");
  const outcomes: Outcome[] = [];
  try {
    const { ms } = await engine.ask({ ask: "run", tags: null }, (answer) => {
      if (!("outcome" in answer)) return;
      outcomes.push(answer.outcome);
      showOutcome(answer.outcome);
      output.textContent = `${outcomes.length} of ${tags.length}`;
    });
    const right = outcomes.filter(({ verdict }) => verdict === "pass");
    const largest = Math.max(...outcomes.map(({ maxDifference }) => maxDifference ?? 0));
    output.textContent =
      `${right.length} of ${tags.length} right in ${(ms / 1000).toFixed(1)} s, ` +
      `largest difference ${shortNumber(largest)}`;
  } catch (error) {
    output.textContent = messageOf(error);
  } finally {
    button.disabled = false;
    for (const mark of all(".mark[data-state='running']")) delete mark.dataset["state"];
  }
}

/** The place of an equation's result. */
function resultOf(tag: string): HTMLElement | null {
  return document.querySelector(`.mark[data-run="${CSS.escape(tag)}"] .result`);
}

/** Shows what a run came to beside its equation. */
export function showOutcome(outcome: Outcome): void {
  showState(outcome.tag, outcome.verdict, resultText(outcome));
}

/** @param text what is shown; what was there stays if it is left out */
export function showState(tag: string, state: "running" | "pass" | "wrong", text?: string): void {
  const result = resultOf(tag);
  if (result === null) return;
  result.closest<HTMLElement>(".mark")!.dataset["state"] = state;
  if (text !== undefined) result.textContent = text;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
