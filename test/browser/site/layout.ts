/** What does not fit on a page of the site, at the width that it has. */
import type { Page } from "playwright-core";

/** From a small telephone to a desktop. */
export const WIDTHS = [320, 390, 820, 1440] as const;

/**
 * What is wider than the screen, tags that lie over formulas, and words that are cut. It runs in
 * the page.
 */
function complaints(): string[] {
  const found: string[] = [];
  const counts = new Map<string, number>();
  const say = (what: string, element: Element): void => {
    const before = counts.get(what) ?? 0;
    counts.set(what, before + 1);
    if (before > 0) return; // the first of a kind, and below how many there are
    const name = element.id || element.className || element.localName;
    found.push(
      `${what}: ${name} "${(element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 60)}"`,
    );
  };
  const wider = document.scrollingElement!.scrollWidth - innerWidth;
  if (wider > 0) {
    found.push(`the page is ${wider} pixels wider than the screen`);
    for (const element of document.querySelectorAll("main *")) {
      const { right, width } = element.getBoundingClientRect();
      if (width > 0 && right > innerWidth + 1 && !scrolls(element)) {
        say("sticks out", element);
        break;
      }
    }
  }
  for (const equation of document.querySelectorAll(".equation")) {
    const box = equation.querySelector(".formula")?.getBoundingClientRect();
    const tag = equation.querySelector(".tag")?.getBoundingClientRect();
    if (box === undefined || tag === undefined || box.width === 0) continue;
    if (overlap(box, tag)) say("the tag lies over its formula", equation);
    for (const part of equation.querySelectorAll(".mark > *")) {
      const mark = part.getBoundingClientRect();
      if (overlap(mark, box) || overlap(mark, tag))
        say("the mark lies over its formula or tag", equation);
    }
  }
  for (const element of document.querySelectorAll<HTMLElement>("main :is(p, li, h1, h2, h3, td)")) {
    const { overflowX } = getComputedStyle(element);
    if (element.scrollWidth > element.clientWidth + 1 && overflowX === "hidden")
      say("is cut", element);
  }
  for (const [what, count] of counts) if (count > 1) found.push(`${what}: ${count} times`);
  return found;

  function overlap(a: DOMRect, b: DOMRect): boolean {
    if (a.width === 0 || b.width === 0) return false;
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return across > 1 && down > 1;
  }

  /** Is it in a box that scrolls sideways? */
  function scrolls(element: Element): boolean {
    for (let box: Element | null = element; box !== null; box = box.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)) return true;
    return false;
  }
}

/** The complaints at every width, with the width in front. */
export async function layoutComplaints(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const one of await page.evaluate(complaints)) found.push(`${width} px: ${one}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  return found;
}
