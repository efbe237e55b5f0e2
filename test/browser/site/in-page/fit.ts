/** What does not fit on the page as it is laid out now. It runs in the page. */
import { overlap } from "./box.js";
import { Complaints, nameOf } from "./complaints.js";

/** Where the letters are, without the padding around them. */
function words(element: Element): DOMRect {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range.getBoundingClientRect();
}

/** Is it in a box that scrolls sideways? */
function isInScroller(element: Element): boolean {
  for (let box: Element | null = element; box !== null && box !== document.body; ) {
    if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)) return true;
    box = box.parentElement;
  }
  return false;
}

/** A page that scrolls sideways, and what makes it so. */
function widthComplaints(complaints: Complaints): void {
  const width = document.documentElement.clientWidth;
  const wider = document.scrollingElement!.scrollWidth - width;
  if (wider <= 0) return;
  complaints.add("the page scrolls sideways", `by ${wider} px`);
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (box.width > 0 && box.right > width + 1 && !isInScroller(element))
      complaints.add("sticks out", nameOf(element));
  }
}

/** A tag or a mark over its formula, whose box counts: what scrolls in it is in sight or not. */
function equationComplaints(complaints: Complaints): void {
  for (const equation of document.querySelectorAll(".equation")) {
    const box = equation.querySelector(".formula")?.getBoundingClientRect();
    const link = equation.querySelector(".tag");
    if (box === undefined || link === null || box.width === 0) continue;
    const tag = words(link);
    if (overlap(box, tag)) complaints.add("the tag lies over its formula", equation.id);
    for (const part of equation.querySelectorAll(".mark > *")) {
      const mark = words(part);
      if (overlap(mark, box) || overlap(mark, tag))
        complaints.add("the mark lies over its formula or tag", equation.id);
    }
  }
}

/** A formula whose top or bottom is cut, and prose that has to be scrolled sideways to be read. */
function cutComplaints(complaints: Complaints): void {
  const boxes = "main :is(.formula, p, li, h1, h2, h3, h4, td, th, summary, figcaption, dd, dt)";
  for (const element of document.querySelectorAll<HTMLElement>(boxes)) {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
    const tooWide = scrollWidth - clientWidth;
    const tooTall = scrollHeight - clientHeight;
    if (clientWidth === 0 || (tooWide <= 1 && tooTall <= 1)) continue;
    if (!element.checkVisibility() || element.closest(".visually-hidden") !== null) continue;
    const { overflowX, overflowY } = getComputedStyle(element);
    if (tooWide > 1 && overflowX !== "visible" && !element.matches(".formula"))
      complaints.add("prose is wider than the page", `by ${tooWide} px: ${nameOf(element)}`);
    if (tooTall > 1 && overflowY !== "visible")
      complaints.add("top or bottom is cut", `by ${tooTall} px: ${nameOf(element)}`);
  }
}

/** Code beside equations begins at one place on the whole page, code below them at another. */
function columnComplaints(complaints: Complaints): void {
  const beside = new Map<number, string>();
  for (const lines of document.querySelectorAll<HTMLElement>(".pair > .lines")) {
    const pair = lines.parentElement!.getBoundingClientRect();
    const { left, width } = lines.getBoundingClientRect();
    if (width === 0) continue;
    if (left > pair.left + 1) beside.set(Math.round(left), nameOf(lines));
  }
  const [[first] = [], ...others] = [...beside];
  for (const [left, name] of others)
    if (Math.abs(left - first!) > 1)
      complaints.add(
        "code beside an equation has no column",
        `at ${left} and ${first} px: ${name}`,
      );
}

/** A line for each kind of complaint; of the page as it is opened, not scrolled. */
export function fitComplaints(): string[] {
  scrollTo(0, 0);
  const complaints = new Complaints();
  widthComplaints(complaints);
  equationComplaints(complaints);
  cutComplaints(complaints);
  columnComplaints(complaints);
  return complaints.lines();
}

/** A formula that is set smaller on paper, and would have had room as others are. */
function smallComplaints(complaints: Complaints): void {
  const usual = document.querySelector(".formula math:not(.long)");
  if (usual === null) return;
  for (const math of document.querySelectorAll(".formula math.long")) {
    const [size, full] = [math, usual].map((one) => parseFloat(getComputedStyle(one).fontSize));
    const width = (math.getBoundingClientRect().width * full!) / size!;
    if (width < math.parentElement!.clientWidth)
      complaints.add("on paper, a formula is smaller than it need be", nameOf(math));
  }
}

/** On paper nothing scrolls: what is wider than its box is lost. */
export function paperComplaints(): string[] {
  const complaints = new Complaints();
  for (const element of document.querySelectorAll<HTMLElement>("main :is(.formula, .code, .table)"))
    if (element.checkVisibility() && element.scrollWidth > element.clientWidth + 1)
      complaints.add(
        "on paper, something is cut",
        `by ${element.scrollWidth - element.clientWidth} px: ${nameOf(element)}`,
      );
  smallComplaints(complaints);
  for (const element of document.querySelectorAll("button, nav, .needs-script, dialog, .skip"))
    if (element.checkVisibility() && element.getBoundingClientRect().width > 0)
      complaints.add("on paper, what only a screen needs", nameOf(element));
  return complaints.lines();
}
