/** Break it: the small mistakes of an equation's block as switches, and what comes of each. */
import { all, announce, make } from "../dom.js";
import type { Engine } from "./engine.js";
import { showOutcome } from "./marks.js";
import type { Change } from "./messages.js";
import { resultText } from "./words.js";

/** Of each kind, as many are shown at first. */
const SHOWN_OF_A_KIND = 2;

/** What an equation's mark knows. */
export interface Breakable {
  readonly tag: string;
  /** Opens and closes the list. */
  readonly button: HTMLElement;
  readonly engine: Engine;
  /** Runs the block as it is. */
  readonly runOne: (tag: string) => Promise<void>;
}

/** Opens the switches below the equation, or closes them, which takes the mistake back. */
export async function toggleChanges(breakable: Breakable): Promise<void> {
  const { tag, button, runOne } = breakable;
  const id = `changes-${tag}`;
  const open = document.getElementById(id);
  if (open !== null) {
    const wasBroken = open.querySelector("[aria-checked='true']") !== null;
    open.remove();
    button.setAttribute("aria-expanded", "false");
    if (wasBroken) await runOne(tag);
    return;
  }
  button.setAttribute("aria-expanded", "true");
  const panel = make("section", { id, class: "changes", "aria-label": `Mistakes in (${tag})` });
  button.closest(".equation")!.after(panel);
  const changes = await changesOf(breakable);
  panel.append(
    make(
      "p",
      {},
      `The code that proves (${tag}), with one thing changed. Each switch makes one mistake and ` +
        `runs it.`,
    ),
    listOf(changes, breakable),
  );
}

async function changesOf({ tag, engine }: Breakable): Promise<readonly Change[]> {
  let found: readonly Change[] = [];
  await engine.ask({ ask: "changes", tag }, (answer) => {
    if ("changes" in answer) found = answer.changes;
  });
  return found;
}

/** The switches; the button below shows those that are left out at first. */
function listOf(changes: readonly Change[], breakable: Breakable): DocumentFragment {
  const seen = new Map<string, number>();
  const list = make("ul");
  for (const [index, change] of changes.entries()) {
    const before = seen.get(change.kind) ?? 0;
    seen.set(change.kind, before + 1);
    const item = make("li", {}, ...switchOf(change, index, breakable));
    // most exchanged arguments end in an error, which teaches little
    item.hidden = before >= SHOWN_OF_A_KIND || change.kind === "arguments";
    list.append(item);
  }
  const fragment = document.createDocumentFragment();
  fragment.append(list);
  const hidden = all("li[hidden]", list);
  if (hidden.length === changes.length) for (const item of hidden) item.hidden = false;
  else if (hidden.length > 0) {
    const more = make("button", { type: "button", class: "more" }, `All ${changes.length}`);
    more.addEventListener("click", () => {
      const first = list.querySelector<HTMLElement>("li[hidden]");
      for (const item of all("li[hidden]", list)) item.hidden = false;
      first?.querySelector("button")?.focus();
      more.remove();
    });
    fragment.append(more);
  }
  return fragment;
}

function switchOf(
  { kind, before, was, becomes, after }: Change,
  index: number,
  { tag, engine, runOne }: Breakable,
): [HTMLElement, HTMLElement] {
  const pieces = [
    before,
    ...(was === "" ? [] : [make("del", {}, was)]),
    ...(becomes === "" ? [] : [make("ins", {}, becomes)]),
    after,
  ];
  const button = make(
    "button",
    { type: "button", role: "switch", "aria-checked": "false", class: "change" },
    make("span", { class: "kind" }, kind),
    " ",
    make("code", {}, ...pieces),
  );
  const output = make("output", { class: "result" });
  button.addEventListener("click", async () => {
    const isOn = button.getAttribute("aria-checked") === "true";
    const panel = button.closest(".changes")!;
    for (const other of all("[aria-checked='true']", panel))
      other.setAttribute("aria-checked", "false");
    if (isOn) return runOne(tag);
    button.setAttribute("aria-checked", "true");
    output.textContent = "…";
    try {
      await engine.ask({ ask: "change", tag, index }, (answer) => {
        if (!("outcome" in answer)) return;
        output.textContent = resultText(answer.outcome);
        if (button.getAttribute("aria-checked") === "true") showOutcome(answer.outcome);
      });
    } catch (error) {
      output.textContent = error instanceof Error ? error.message : String(error);
    }
    announce(output.textContent);
  });
  return [button, output];
}
