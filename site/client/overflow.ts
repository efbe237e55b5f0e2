/** What scrolls sideways takes a tab stop, so that a keyboard can scroll it, and only while it does. */
import { all } from "./dom.js";

function measure(): void {
  const boxes = all("main :is(.formula, .code, .table, p, li)").filter(
    (box) => getComputedStyle(box).overflowX === "auto",
  );
  const stops = boxes.map((box) => box.scrollWidth > box.clientWidth + 1);
  boxes.forEach((box, i) => {
    if (stops[i]) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
}

export function startOverflow(): void {
  const idle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 50));
  const soon = (): void => void idle(measure);
  soon();
  void document.fonts.ready.then(soon);
  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(soon, 200);
  });
  document.addEventListener("toggle", soon, { capture: true });
}
