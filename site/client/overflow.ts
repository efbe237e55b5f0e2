/**
 * What scrolls sideways takes a tab stop, so that a keyboard can scroll it, and only while it does.
 * A box is measured when the browser has laid it out, and again when its size changes: asking
 * before would make the browser lay out what nobody has come to yet.
 */
import { all } from "./dom.js";

/** On a phone a paragraph scrolls as well where a formula is wider than its line. */
const BOXES = "main :is(.formula, .code, .table, :is(p, li):has(> :is(math, .whole)))";

function scrolls(box: Element): boolean {
  return (
    box.scrollWidth > box.clientWidth + 1 &&
    ["auto", "scroll"].includes(getComputedStyle(box).overflowX)
  );
}

export function startOverflow(): void {
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (scrolls(target)) target.setAttribute("tabindex", "0");
      else if (target.hasAttribute("tabindex")) target.removeAttribute("tabindex");
    }
  });
  // a font that comes late changes what is in a box, but not the box
  void document.fonts.ready.then(() => {
    for (const box of all(BOXES)) observer.observe(box);
  });
}
