/**
 * Equation, line and symbol light each other. Pointing at one, or moving the focus to it, lights
 * the others for as long; a click pins an equation, which is then in the address (`#conv2d.7`), and
 * Esc lets it go.
 */
import { hideCard, showEquation, showSymbol } from "./card.js";
import { all, near } from "./dom.js";

const LINKED = "[data-tag], [data-tags], [data-ref]";

let pinned: string | null = null;
let lit: Element[] = [];
let litSymbols: Element[] = [];

const quoted = (name: string): string => `"${CSS.escape(name)}"`;

/** The tags that an element belongs to: its own, or those that its lines cite. */
function tagsOf(element: HTMLElement | null): string[] {
  if (element === null) return [];
  const { tag, tags, ref } = element.dataset;
  return (tag ?? ref ?? tags ?? "").split(/[\s,]+/).filter(Boolean);
}

/** Everything on the page, the panel included, that belongs to a tag. */
export function membersOf(tag: string): HTMLElement[] {
  const name = quoted(tag);
  return all(`[data-tag=${name}], .line[data-tags~=${name}], .ref[data-ref=${name}]`);
}

function light(tags: readonly string[]): void {
  for (const element of lit) element.classList.remove("lit");
  lit = tags.flatMap(membersOf);
  for (const element of lit) element.classList.add("lit");
}

function lightSymbol(symbol: string | null): void {
  for (const element of litSymbols) element.classList.remove("lit-symbol", "gradient");
  litSymbols = symbol === null ? [] : all<Element>(`[data-symbol=${quoted(symbol)}]`);
  for (const element of litSymbols) {
    element.classList.add("lit-symbol");
    element.classList.toggle("gradient", /^d[A-Z]/.test(symbol ?? ""));
  }
}

/** Back to what is pinned, and to the equation that has the focus. */
function rest(): void {
  const focused = document.activeElement?.closest<HTMLElement>("[data-tag]") ?? null;
  light([...(pinned === null ? [] : [pinned]), ...tagsOf(focused)]);
  lightSymbol(null);
  hideCard();
}

/** The equation that is pinned. */
export const pinnedTag = (): string | null => pinned;

/** Marks an equation as the one that is talked about; null lets go. */
function setPin(tag: string | null): void {
  for (const element of all(".pinned")) element.classList.remove("pinned");
  pinned = tag;
  if (tag !== null) for (const element of membersOf(tag)) element.classList.add("pinned");
  rest();
  document.dispatchEvent(new CustomEvent("leibniz:pin", { detail: { tag } }));
}

/** Pins an equation and writes it into the address. */
export function pin(tag: string): void {
  if (pinned === tag) return;
  history.pushState(null, "", `#${tag}`);
  setPin(tag);
}

/** Lets go of what is pinned; false if nothing was. */
export function letGo(): boolean {
  const hadSymbol = litSymbols.length > 0;
  if (pinned === null) {
    rest();
    return hadSymbol;
  }
  history.pushState(null, "", location.pathname + location.search);
  setPin(null);
  return true;
}

/** Lights again, after code was added to the page. */
export function relight(): void {
  setPin(pinned);
}

/** What the address names; nothing for one that is cut off, as `#%E0%A4%A`. */
function nameInAddress(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

function readAddress(): void {
  const tag = nameInAddress();
  const element = tag === "" ? null : document.getElementById(tag);
  setPin(element?.dataset["tag"] === undefined ? null : tag);
}

function point(event: Event): void {
  const symbol = near(event, "[data-symbol]");
  const linked = near(event, LINKED);
  if (symbol === null && linked === null) return rest();
  const tags = tagsOf(linked);
  light(pinned === null || tags.includes(pinned) ? tags : [...tags, pinned]);
  lightSymbol(symbol?.dataset["symbol"] ?? null);
  if (symbol !== null) void showSymbol(symbol, symbol.dataset["symbol"] ?? "");
  else if (linked instanceof HTMLAnchorElement && linked.dataset["ref"]) void showEquation(linked);
  else hideCard();
}

function click(event: MouseEvent): void {
  const linked = near(event, LINKED);
  if (near(event, "a, button, summary, input, select, label") !== null) return;
  if (String(getSelection()) !== "") return;
  const tags = tagsOf(linked);
  const tag = tags.find((name) => document.getElementById(name) !== null);
  if (tag !== undefined && !(pinned !== null && tags.includes(pinned))) pin(tag);
  const symbol = near(event, "[data-symbol]");
  if (symbol === null) {
    if (linked === null) rest();
    return;
  }
  lightSymbol(symbol.dataset["symbol"] ?? null);
  void showSymbol(symbol, symbol.dataset["symbol"] ?? "");
}

/**
 * With the focus on an equation, left and right go from symbol to symbol and say what each means.
 */
function walkSymbols(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const equation = near(event, ".equation");
  const scrolls = event.target instanceof Element && event.target.matches(".formula");
  if (step === undefined || equation === null || event.altKey || event.ctrlKey || event.metaKey)
    return;
  if (scrolls) return;
  const symbols = all<HTMLElement>("math [data-symbol]", equation);
  const names = [...new Set(symbols.map((element) => element.dataset["symbol"]!))];
  if (names.length === 0) return;
  event.preventDefault();
  const now = names.indexOf(litSymbols[0]?.getAttribute("data-symbol") ?? "");
  const next =
    now < 0 ? (step > 0 ? 0 : names.length - 1) : (now + step + names.length) % names.length;
  lightSymbol(names[next]!);
  const at = symbols.find((element) => element.dataset["symbol"] === names[next])!;
  void showSymbol(at, names[next]!, true);
}

export function startLinks(): void {
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") point(event);
  });
  document.addEventListener("focusin", (event) => {
    if (near(event, LINKED) !== null) point(event);
  });
  document.addEventListener("focusout", rest);
  document.addEventListener("click", click);
  document.addEventListener("keydown", walkSymbols);
  document.addEventListener("scroll", hideCard, { passive: true });
  addEventListener("hashchange", readAddress);
  addEventListener("popstate", readAddress);
  readAddress();
}
