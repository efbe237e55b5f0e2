/**
 * What scrolls sideways takes a tab stop, so that a keyboard can scroll it, and only while it does.
 * The boxes are measured a few at a time, while the browser has nothing else to do.
 */
import { all, isWide } from "./dom.js";

/** How long a share of the work may take where the browser does not say. */
const SHARE_MS = 8;

function measure(boxes: readonly HTMLElement[]): void {
  let at = 0;
  const some = (): void => {
    const until = performance.now() + SHARE_MS;
    while (at < boxes.length && performance.now() < until) {
      const box = boxes[at++]!;
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else if (box.hasAttribute("tabindex")) box.removeAttribute("tabindex");
    }
    if (at < boxes.length) idle(some);
  };
  idle(some);
}

function idle(work: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work);
  else setTimeout(work, 50);
}

/** On a phone a paragraph scrolls as well where a formula is wider than its line. */
function measureAll(): void {
  measure(
    all(
      `main :is(.formula, .code, .table${isWide(40) ? "" : ", :is(p, li):has(> :is(math, .whole))"})`,
    ),
  );
}

export function startOverflow(): void {
  void document.fonts.ready.then(measureAll);
  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(measureAll, 200);
  });
  const opened = (event: Event): void => {
    if (event.target instanceof Element) measure(all(".formula, .code, .table", event.target));
  };
  document.addEventListener("toggle", opened, { capture: true });
}
