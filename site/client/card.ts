/** The small card beside what is pointed at: a symbol's meaning, an equation that is cited. */
import { all, announce, make, page, root } from "./dom.js";

interface Meaning {
  readonly meaning: string;
  readonly shape?: string;
}

let card: HTMLElement | null = null;
let meanings: Promise<Record<string, Meaning>> | null = null;
/** What the card is about; an answer that comes late is dropped. */
let subject: Element | null = null;

export function hideCard(): void {
  subject = null;
  card?.remove();
}

function show(at: Element, ...content: (Node | string)[]): void {
  if (subject !== at) return;
  card ??= make("div", { class: "card", "aria-hidden": "true" });
  card.replaceChildren(...content);
  document.body.append(card);
  const place = at.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = card;
  const above = place.top - height - 10;
  const top = above > 60 ? above : place.bottom + 10;
  const left = Math.min(place.left, document.documentElement.clientWidth - width - 12);
  card.style.top = `${top}px`;
  card.style.left = `${Math.max(12, left)}px`;
}

/** Meaning and shape of a symbol, from the chapter on notation. */
export async function showSymbol(at: Element, symbol: string, aloud = false): Promise<void> {
  subject = at;
  card?.remove();
  meanings ??= fetch(`${root()}assets/symbols.json`).then((answer) => answer.json());
  const known = await meanings.catch(() => ({}) as Record<string, Meaning>);
  const found = Object.hasOwn(known, symbol) ? known[symbol] : undefined;
  if (found === undefined) {
    if (aloud) announce(symbol);
    return;
  }
  const shape = found.shape ? [make("code", {}, found.shape)] : [];
  show(at, make("b", {}, symbol), ` ${found.meaning}`, ...shape);
  if (aloud) announce(`${symbol}: ${found.meaning} ${found.shape ?? ""}`);
}

/** The formula that a reference means, if it is not in sight. */
export async function showEquation(at: HTMLAnchorElement): Promise<void> {
  subject = at;
  card?.remove();
  const tag = at.dataset["ref"] ?? "";
  const here = document.getElementById(tag);
  if (here !== null) {
    const { top, bottom } = here.getBoundingClientRect();
    if (top > 0 && bottom < innerHeight) return;
  }
  const from = here ?? (await page(at.href).catch(() => null))?.getElementById(tag);
  const formula = from?.querySelector("math");
  if (!formula) return;
  const copy = document.importNode(formula, true);
  for (const symbol of all<Element>("[data-symbol]", copy)) symbol.removeAttribute("data-symbol");
  show(at, copy);
}
