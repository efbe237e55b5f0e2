/** The list of headings follows the text: the part that is being read is marked. */
import { all } from "./dom.js";

/** Scrolls a list, and never the page, so that an entry is in sight. */
function reveal(entry: HTMLElement): void {
  const list = entry.closest("nav");
  if (list === null || list.scrollHeight <= list.clientHeight) return;
  const at = entry.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (at < 40 || at > list.clientHeight - 60) list.scrollTop += at - list.clientHeight / 3;
}

export function startContents(): void {
  const chapter = document.querySelector<HTMLElement>(".course [aria-current]");
  if (chapter !== null) reveal(chapter);
  const entries = new Map<Element, HTMLAnchorElement>();
  for (const entry of all<HTMLAnchorElement>(".contents a[href^='#']")) {
    const heading = document.getElementById(decodeURIComponent(entry.hash.slice(1)));
    if (heading !== null) entries.set(heading, entry);
  }
  if (entries.size === 0) return;
  let current: HTMLAnchorElement | null = null;
  const follow = (): void => {
    let now: HTMLAnchorElement | null = null;
    for (const [heading, entry] of entries)
      if (heading.getBoundingClientRect().top < innerHeight * 0.3) now = entry;
    if (now === current) return;
    current?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "location");
    if (now !== null) reveal(now);
    current = now;
  };
  let isAsked = false;
  const soon = (): void => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      follow();
    });
  };
  addEventListener("scroll", soon, { passive: true });
  soon();
}
