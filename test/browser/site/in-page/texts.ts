/** Texts that lie on each other or are cut, as the screen has them. It runs in the page. */
import { type Box, framesNow, meet, overlap } from "./box.js";
import { Complaints } from "./complaints.js";

/** A line of text or a formula. */
interface Text extends Box {
  readonly of: Element;
  readonly text: string;
}

/** Letters fill the middle of a line's box: above and below, lines may share a little. */
const AROUND_LETTERS = 0.25;
const AROUND_FORMULA = 2;

/** For a screen reader alone, or of no size. */
const isTiny = ({ left, top, right, bottom }: Box): boolean =>
  right - left <= 1 || bottom - top <= 1;

const shrink = ({ left, top, right, bottom }: Box, by: number): Box => ({
  left,
  right,
  top: top + by,
  bottom: bottom - by,
});

/** All lines and formulas that the page lays out, in sight or not. */
function allTexts(): Text[] {
  const found: Text[] = [];
  const words = (node: Node): string => node.textContent!.trim().replace(/\s+/g, " ").slice(0, 50);
  for (const of of document.querySelectorAll("math"))
    if (isSeen(of))
      found.push({ ...shrink(of.getBoundingClientRect(), AROUND_FORMULA), of, text: words(of) });
  const range = document.createRange();
  // without a filter: where a page may run no script, a browser calls none
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const of = node.parentElement!;
    const text = words(node);
    if (text === "" || of.closest("math, svg") !== null || !isSeen(of)) continue;
    range.selectNodeContents(node);
    for (const line of range.getClientRects())
      found.push({ ...shrink(line, line.height * AROUND_LETTERS), of, text });
  }
  return found;
}

const isSeen = (element: Element): boolean =>
  element.checkVisibility({ visibilityProperty: true, opacityProperty: true });

/**
 * What a box that scrolls does not show lies on nothing; it is cut where no scrolling shows it.
 *
 * @returns a line for each kind
 */
export function textComplaints(): string[] {
  const complaints = new Complaints();
  const frameOf = framesNow();
  const shown: Text[] = [];
  for (const text of allTexts()) {
    const frame = frameOf(text.of);
    const seen = meet(text, frame.shown);
    if (isTiny(text) || isTiny(seen)) continue;
    const kept = meet(text, frame.reachable);
    const lost = Math.max(
      ...[kept.left - text.left, kept.top - text.top],
      ...[text.right - kept.right, text.bottom - kept.bottom],
    );
    if (lost > 1) complaints.add("a text is cut", `by ${Math.round(lost)} px: "${text.text}"`);
    shown.push({ ...text, ...seen });
  }
  shown.sort((a, b) => a.top - b.top);
  for (const [i, one] of shown.entries())
    for (let j = i + 1; j < shown.length && shown[j]!.top < one.bottom; j++) {
      const other = shown[j]!;
      if (one.of !== other.of && overlap(one, other))
        complaints.add("texts lie on each other", `"${one.text}" and "${other.text}"`);
    }
  return complaints.lines();
}
