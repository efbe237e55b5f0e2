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
  const range = document.createRange();
  const walker = document.createTreeWalker(
    document.body,
    NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT,
    {
      acceptNode: (node) =>
        node instanceof Element
          ? node.localName === "math" && isSeen(node)
            ? NodeFilter.FILTER_ACCEPT
            : node.localName === "math" || node.localName === "svg"
              ? NodeFilter.FILTER_REJECT
              : NodeFilter.FILTER_SKIP
          : node.parentElement!.closest("math") === null &&
              node.textContent!.trim() !== "" &&
              isSeen(node.parentElement!)
            ? NodeFilter.FILTER_ACCEPT
            : NodeFilter.FILTER_REJECT,
    },
  );
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent!.trim().replace(/\s+/g, " ").slice(0, 50);
    if (node instanceof Element) {
      found.push({ ...shrink(node.getBoundingClientRect(), AROUND_FORMULA), of: node, text });
      continue;
    }
    range.selectNodeContents(node);
    for (const line of range.getClientRects())
      found.push({ ...shrink(line, line.height * AROUND_LETTERS), of: node.parentElement!, text });
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
