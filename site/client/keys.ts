/** Single keys: equation by equation, code, search, run, and the list of them all. */
import { all, make } from "./dom.js";
import { letGo, pin, pinnedTag } from "./links.js";
import { closePanel, togglePanel } from "./panel.js";
import { openSearch } from "./search-box.js";
import { recall, remember } from "./store.js";

const KEYS = [
  ["/", "search"],
  ["j, k", "next and previous equation"],
  ["Enter", "pin the equation; its address is in the address bar"],
  ["←, →", "from symbol to symbol of an equation"],
  ["c", "the code, and back"],
  ["r", "run the equation"],
  ["p, n", "previous and next page"],
  ["Esc", "close, let go"],
  ["?", "these keys"],
] as const;

/** The equation with the focus, the pinned one, or null. */
function here(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>("[data-tag]");
  const tag = pinnedTag();
  return focused ?? (tag === null ? null : document.getElementById(tag));
}

function step(by: 1 | -1): void {
  const equations = all(".equation[data-tag]");
  const now = here();
  let at = now === null ? -1 : equations.indexOf(now) + by;
  if (now === null) {
    const middle = innerHeight * 0.35;
    const below = equations.findIndex((one) => one.getBoundingClientRect().top > middle - 120);
    at = by > 0 ? below : (below < 0 ? equations.length : below) - 1;
  }
  const next = equations[at];
  if (next === undefined) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
}

/** What runs an equation is the mark's own button. */
function run(): void {
  const mark = here()?.querySelector<HTMLElement>(".mark");
  (mark?.matches("button") ? mark : mark?.querySelector("button"))?.click();
}

function go(rel: string): void {
  document.querySelector<HTMLAnchorElement>(`a[rel="${rel}"]`)?.click();
}

let dialog: HTMLDialogElement | null = null;

function showKeys(): void {
  if (dialog === null) {
    const list = make("dl");
    for (const [keys, does] of KEYS) {
      const names = keys.split(", ").flatMap((key, i) => [i > 0 ? " " : "", make("kbd", {}, key)]);
      list.append(make("dt", {}, ...names), make("dd", {}, does));
    }
    const box = make("input", { type: "checkbox", id: "single-keys" });
    box.checked = areOn();
    box.addEventListener("change", () => remember("keys", box.checked ? null : "off"));
    const close = make("button", { type: "button" }, "Close");
    close.addEventListener("click", () => dialog?.close());
    dialog = make(
      "dialog",
      { class: "key-list", "aria-labelledby": "keys-title" },
      make("h2", { id: "keys-title" }, "Keys"),
      list,
      make("label", {}, box, " Single keys are on"),
      close,
    );
    document.body.append(dialog);
  }
  dialog.showModal();
}

const areOn = (): boolean => recall("keys") !== "off";

const ACTIONS: Record<string, () => void> = {
  "/": openSearch,
  j: () => step(1),
  k: () => step(-1),
  c: () => togglePanel(here()?.dataset["tag"] ?? null),
  r: run,
  p: () => go("prev"),
  n: () => go("next"),
  "?": showKeys,
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select"));

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") !== null) return;
    if (event.key === "Escape") {
      const root = document.documentElement;
      if (root.classList.contains("menu-open")) root.classList.remove("menu-open");
      else if (!closePanel()) letGo();
      return;
    }
    if (isTyping(event.target)) return;
    const { activeElement } = document;
    if (event.key === "Enter" && activeElement instanceof HTMLElement) {
      const { tag } = activeElement.dataset;
      if (tag !== undefined) pin(tag);
      return;
    }
    const action = ACTIONS[event.key];
    if (action === undefined || !(areOn() || event.key === "?")) return;
    event.preventDefault();
    action();
  });
  for (const button of all("[data-action='keys']")) button.addEventListener("click", showKeys);
}
