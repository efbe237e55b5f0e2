/** Short words for what every part of the page does with elements. */

/** The way to the site's root from this page: "", "../" or "../../". */
export const root = (): string => document.body.dataset["root"] ?? "";

export function all<E extends Element = HTMLElement>(
  selector: string,
  within: ParentNode = document,
): E[] {
  return [...within.querySelectorAll<E>(selector)];
}

/** The nearest element around an event's target, itself included. */
export function near<E extends Element = HTMLElement>(event: Event, selector: string): E | null {
  return event.target instanceof Element ? event.target.closest<E>(selector) : null;
}

/** An element with properties and children; text is never read as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Does something once the browser has nothing else to do. */
export function idle(work: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work);
  else setTimeout(work, 50);
}

const pages = new Map<string, Promise<Document>>();

/** Another page of the site, read once. */
export function page(address: string): Promise<Document> {
  const path = new URL(address, location.href).href.split("#")[0]!;
  const known = pages.get(path);
  if (known !== undefined) return known;
  const read = fetch(path)
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.statusText))))
    .then((html) => new DOMParser().parseFromString(html, "text/html"));
  pages.set(path, read);
  read.catch(() => pages.delete(path));
  return read;
}

let line: HTMLElement | null = null;

/** Says something to a screen reader without moving the focus. */
export function announce(words: string): void {
  line ??= document.body.appendChild(
    make("p", { class: "visually-hidden", role: "status", "aria-live": "polite" }),
  );
  line.textContent = words;
}
