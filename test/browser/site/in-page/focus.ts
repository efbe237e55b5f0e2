/** What a keyboard reaches shows where it is. It runs in the page. */
import { Complaints, nameOf } from "./complaints.js";

const REACHABLE = "a[href], button, input, select, summary, textarea, [tabindex]";

/** What sets one kind of control apart from another. */
const kindOf = (element: Element): string =>
  [element.localName, element.getAttribute("class"), element.parentElement?.localName].join();

/**
 * Moves the focus to one control of each kind, as after a key: it must have an outline, and must
 * not lie behind the bar.
 */
export function focusComplaints(): string[] {
  const complaints = new Complaints();
  const kinds = new Set<string>();
  const bar = document.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
  for (const element of document.querySelectorAll<HTMLElement>(REACHABLE)) {
    const kind = kindOf(element);
    if (kinds.has(kind) || element.tabIndex < 0 || !element.checkVisibility()) continue;
    kinds.add(kind);
    element.focus();
    if (document.activeElement !== element) continue; // disabled
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    if (!element.matches(":focus-visible") || outlineStyle === "none" || outlineWidth === "0px")
      complaints.add("the focus is not to be seen", nameOf(element));
    const { top, bottom, width } = element.getBoundingClientRect();
    const isFixed = element.closest(".bar, .rail, .panel, .skip, dialog") !== null;
    if (!isFixed && width > 0 && (bottom < bar || top > innerHeight))
      complaints.add("the focus is out of sight", nameOf(element));
  }
  (document.activeElement as HTMLElement | null)?.blur();
  scrollTo(0, 0);
  return complaints.lines();
}
