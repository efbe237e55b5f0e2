/** The list of headings follows the text: the part that is being read is marked. */
import { all, idle } from "./dom.js";

/** Scrolls a list, and never the page, so that an entry is in sight. */
function reveal(entry: HTMLElement): void {
  const list = entry.closest("nav");
  if (list === null || list.scrollHeight <= list.clientHeight) return;
  const at = entry.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (at < 40 || at > list.clientHeight - 60) list.scrollTop += at - list.clientHeight / 3;
}

export function startContents(): void {
  const chapter = document.querySelector<HTMLElement>(".course [aria-current]");
  const entries = new Map<Element, HTMLAnchorElement>();
  for (const entry of all<HTMLAnchorElement>(".contents a[href^='#']")) {
    const heading = document.getElementById(decodeURIComponent(entry.hash.slice(1)));
    if (heading !== null) entries.set(heading, entry);
  }
  let current: HTMLAnchorElement | null = null;
  const follow = (): void => {
    const heading = headingInSight([...entries.keys()]);
    const now = (heading && entries.get(heading)) ?? null;
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
  if (entries.size > 0) addEventListener("scroll", soon, { passive: true });
  // not before the page is drawn, since every measure would have it laid out at once
  idle(() => {
    if (chapter !== null) reveal(chapter);
    follow();
  });
}

/**
 * The last heading above the middle. Within parts it looks only at the one that is being read: to
 * measure in another would have that one laid out as well (parts.css).
 */
function headingInSight(headings: readonly Element[]): Element | null {
  const isAbove = (one: Element): boolean => one.getBoundingClientRect().top < innerHeight * 0.3;
  const outer = headings.filter((one) => one.matches(".part") || one.closest(".part") === null);
  const part = outer.findLast(isAbove) ?? null;
  const inner = headings.filter((one) => one !== part && one.closest(".part") === part);
  return (part?.matches(".part") ? inner.findLast(isAbove) : null) ?? part;
}
