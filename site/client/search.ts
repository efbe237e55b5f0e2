/** The search: a dialog over an index that is fetched when it is first opened. */
import { all, make, page, root } from "./dom.js";
import {
  type Entry,
  type Found,
  find,
  type Index,
  type PackedIndex,
  unpack,
} from "./search-index.js";

const MOST = 24;

let index: Promise<Index> | null = null;
let chosen = 0;

async function load(): Promise<Index> {
  const answer = await fetch(`${root()}assets/search.json`);
  return unpack((await answer.json()) as PackedIndex);
}

const input = make("input", {
  type: "search",
  placeholder: "An equation, a symbol, a function, a mistake",
  "aria-label": "Search",
  role: "combobox",
  "aria-expanded": "true",
  "aria-controls": "search-list",
  autocomplete: "off",
  spellcheck: "false",
});
const status = make("p", { class: "search-status", role: "status" });
const list = make("ol", { id: "search-list", role: "listbox", "aria-label": "Results" });
const close = make("button", { type: "button" }, "Close");
const head = make("div", { class: "search-head" }, input, close);
const dialog = make("dialog", { class: "search", "aria-label": "Search" }, head, status, list);

function choose(at: number): void {
  const items = all("li", list);
  chosen = Math.max(0, Math.min(items.length - 1, at));
  items.forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
  const item = items[chosen];
  if (item === undefined) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", item.id);
  item.scrollIntoView({ block: "nearest" });
}

/** A sentence with the words that were found marked. */
function marked(says: string, terms: readonly string[]): (Node | string)[] {
  if (terms.length === 0) return [says];
  const words = terms.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const parts = says.split(new RegExp(`((?<!\\p{L})(?:${words.join("|")})\\p{L}*)`, "giu"));
  return parts.map((part, i) => (i % 2 === 1 ? make("mark", {}, part) : part));
}

/** The formula of an equation or the line of a function, from the page on which it is. */
async function preview(entry: Entry, into: HTMLElement): Promise<void> {
  const [path, anchor] = entry.url.split("#");
  if (!anchor || !/^(equation|function)$/.test(entry.kind)) return;
  const from = await page(`${root()}${path}`).catch(() => null);
  const element = from?.getElementById(decodeURIComponent(anchor));
  const math = element?.querySelector("math");
  if (math) {
    const copy = document.importNode(math, true);
    for (const symbol of all<Element>("[data-symbol]", copy)) symbol.removeAttribute("data-symbol");
    into.classList.add("formula");
    into.replaceChildren(copy);
  } else if (element?.matches(".line")) {
    into.replaceChildren(make("code", {}, (element.textContent ?? "").trim()));
  }
}

/** Formulas and lines are taken from their pages, once they are in sight. */
const previews = new Map<Element, () => void>();
const sight = new IntersectionObserver((changes) => {
  for (const { isIntersecting, target } of changes)
    if (isIntersecting) {
      sight.unobserve(target);
      previews.get(target)?.();
    }
});

function render(found: readonly Found[], query: string): void {
  list.replaceChildren();
  sight.disconnect();
  previews.clear();
  found.forEach((entry, i) => {
    const shown = make("span", { class: "shown" }, ...marked(entry.says, entry.terms));
    const of = entry.of || entry.url.split(".html")[0]!;
    const place = of === entry.title ? entry.kind : `${entry.kind} · ${of}`;
    const link = make(
      "a",
      { href: `${root()}${entry.url}`, tabindex: "-1" },
      entry.title,
      make("span", { class: "in" }, place),
      shown,
    );
    const item = make("li", { role: "option", id: `found-${i}` }, link);
    link.addEventListener("click", () => dialog.close());
    list.append(item);
    previews.set(item, () => void preview(entry, shown));
    sight.observe(item);
  });
  if (query.trim() === "") status.textContent = "";
  else if (found.length === 0) status.textContent = `Nothing for “${query.trim()}”.`;
  else status.textContent = found.length === MOST ? `The best ${MOST}` : `${found.length} found`;
  choose(0);
}

async function ask(): Promise<void> {
  const query = input.value;
  index ??= load();
  try {
    const search = await index;
    if (query === input.value) render(find(search, query).slice(0, MOST), query);
  } catch {
    index = null;
    status.textContent =
      "The index could not be loaded; from a folder on disk, start npx leibniz site.";
  }
}

close.addEventListener("click", () => dialog.close());
input.addEventListener("input", () => void ask());
dialog.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined) {
    event.preventDefault();
    choose(chosen + step);
  } else if (event.key === "Enter") {
    event.preventDefault();
    list.children[chosen]?.querySelector("a")?.click();
  }
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
document.body.append(dialog);

(globalThis as unknown as { leibnizSearch: { open(): void } }).leibnizSearch = {
  open() {
    dialog.showModal();
    input.select();
    void ask();
  },
};
