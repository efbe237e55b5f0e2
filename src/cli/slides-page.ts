/** Slides as one file, without a script: sections that the browser stops at, one a screen. */
import { plainFormula } from "../checks/index.js";
import { element, escape, htmlPage } from "../figures/index.js";
import type { ChapterSlides, Formula, Picture, Slide } from "./slides-content.js";
import { formulaOf } from "./slides-content.js";
import { mathFormula } from "./slides-math.js";
import { piecesOf } from "./slides-pieces.js";
import { SLIDES_STYLE } from "./slides-style.js";

/** Letters of a line, of prose or of a formula. */
const LINE = 100;
/** Letters of a formula that has room beside a picture. */
const BESIDE = 45;
/** Boxes of more lines are set in two columns. */
const ONE_COLUMN = 24;

export function slidesPage({ name, title, lead, slides }: ChapterSlides): string {
  const last = slides.length + 1;
  const first = element("header", { class: "slide title", id: "slide-1" }, [
    element("div", { class: "words" }, [
      element("h1", {}, inline(title)),
      element("p", { class: "lead" }, inline(lead)),
      element("p", { class: "how" }, [
        `derivations/${escape(name)}.md. Space and Page Down go on, Shift with Space and Page Up `,
        "go back; Ctrl with P prints a page for each slide.",
      ]),
    ]),
    pager(1, last),
  ]);
  const others = slides.map((slide, i) => slideSection(slide, i + 2, last));
  return htmlPage({
    title: `slides on ${inlineText(title)}`,
    body: [first, element("main", {}, others)],
    style: SLIDES_STYLE,
  });
}

function slideSection(slide: Slide, number: number, last: number): string {
  const { heading, box, picture, formula } = slide;
  const kind = picture === null ? "result" : "picture";
  return element("section", { class: `slide ${kind}`, id: `slide-${number}` }, [
    element("h2", {}, inline(heading)),
    ...(picture === null ? boxed(box ?? "") : pictured(picture, formula)),
    pager(number, last),
  ]);
}

function boxed(box: string): string[] {
  const size = lengthOf(box) > ONE_COLUMN ? "box long" : "box";
  return [element("div", { class: "content" }, element("div", { class: size }, blocks(box)))];
}

/** The formula is beside the picture, or above both if it is too long for that. */
function pictured({ svg, caption }: Picture, formula: Formula | null): string[] {
  const shown = formula === null ? [] : [display(formula)];
  const longest = piecesOf(formula?.latex ?? "").map((piece) => plainFormula(piece).length);
  const isLong = Math.max(...longest) > BESIDE;
  const words = [...(isLong ? [] : shown), element("p", { class: "caption" }, escape(caption))];
  const content = [element("figure", {}, svg), element("div", { class: "words" }, words)];
  return [...(isLong ? shown : []), element("div", { class: "content" }, content)];
}

/** About how many lines a box takes. */
function lengthOf(box: string): number {
  const formulas = box.split("$$").length / 2;
  return 2 * formulas + box.length / LINE;
}

/** Which slide it is, between links to its neighbours. */
function pager(number: number, last: number): string {
  const link = (to: number, sign: string, words: string): string =>
    to < 1 || to > last
      ? element("span", {}, "")
      : element("a", { href: `#slide-${to}`, "aria-label": `${words} slide` }, sign);
  return element("p", { class: "pager" }, [
    link(number - 1, "‹", "previous"),
    element("span", {}, `${number} of ${last}`),
    link(number + 1, "›", "next"),
  ]);
}

/** Paragraphs, lists and display formulas. */
function blocks(markdown: string): string {
  return markdown
    .split(/\n\n+/)
    .flatMap((block) => block.split(/(?=^\$\$$[\s\S]*?^\$\$$)/m))
    .map((block) => {
      const formula = /^\$\$\n([\s\S]+?)\n\$\$\s*$/.exec(block)?.[1];
      if (formula !== undefined) return display(formulaOf(formula));
      const items = block.split(/^- /m).slice(1);
      if (items.length > 0)
        return element(
          "ul",
          {},
          items.map((item) => element("li", {}, inline(item))),
        );
      return element("p", {}, inline(block));
    })
    .join("\n");
}

function display({ latex, tag }: Formula): string {
  const name = tag === null ? "formula" : `equation ${tag}`;
  // so that one that is too wide can be scrolled from the keyboard
  return element("div", { class: "formula", role: "group", tabindex: 0, "aria-label": name }, [
    element(
      "div",
      {},
      piecesOf(latex).map((piece, i) => mathFormula(piece, true, i > 0)),
    ),
    ...(tag === null ? [] : [element("span", { class: "tag" }, `(${escape(tag)})`)]),
  ]);
}

const INLINE = new RegExp(
  [
    /\$(?<latex>[^$]+)\$/,
    /`(?<code>[^`]+)`/,
    /\[(?<link>[^\]]+)\]\([^)]+\)/,
    /\*\*(?<bold>[^*]+)\*\*/,
    /\*(?<stressed>[^*]+)\*/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);

/** A paragraph's marks; links lead out of the file, and lose theirs. */
function inline(markdown: string): string {
  let html = "";
  let end = 0;
  for (const found of markdown.matchAll(INLINE)) {
    const { latex, code, link, bold, stressed } = found.groups as Record<string, string>;
    html += escape(markdown.slice(end, found.index));
    end = found.index + found[0].length;
    if (latex !== undefined) html += mathFormula(latex, false);
    else if (code !== undefined) html += element("code", {}, escape(code));
    else if (link !== undefined) html += inline(link);
    else if (bold !== undefined) html += element("strong", {}, inline(bold));
    else html += element("em", {}, inline(stressed!));
  }
  return html + escape(markdown.slice(end));
}

function inlineText(markdown: string): string {
  return markdown.replace(/[*`$]/g, "");
}
