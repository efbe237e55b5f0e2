/** Pages as one file that needs nothing else, neither a network nor a script. */
import { reject } from "../tensor/index.js";
import { FIGURE_STYLE, SVG } from "./frame.js";
import { PAGE_STYLE } from "./page-style.js";
import { element, escape } from "./svg.js";

/** What {@link htmlPage} makes a page of. */
export interface PageOptions {
  /** In the window's title, after `leibniz: `. */
  readonly title: string;
  /** What stands in its body, as HTML. */
  readonly body: readonly string[];
  /** Rules of its own, in CSS. */
  readonly style?: string;
}

/** An HTML document with the style of all pages. */
export function htmlPage({ title, body, style = "" }: PageOptions): string {
  return `<!DOCTYPE html>\n${element("html", { lang: "en" }, [
    element("head", {}, [
      '<meta charset="utf-8"/>',
      '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
      '<meta name="color-scheme" content="light dark"/>',
      '<meta name="generator" content="leibniz"/>',
      element("title", {}, escape(`leibniz: ${title}`)),
      element("style", {}, PAGE_STYLE + style),
      FIGURE_STYLE,
    ]),
    element("body", {}, embedded(body)),
  ])}\n`;
}

/** Figures without what only those need that stand alone. */
function embedded(body: readonly string[]): string {
  return body.join("").replaceAll(FIGURE_STYLE, "").replaceAll(` xmlns="${SVG}"`, "");
}

/** A part of a page, which links can lead to. */
export interface Section {
  /** What links lead to: `#id`. Each once in a page. */
  readonly id: string;
  /** Plain text; it is escaped. */
  readonly heading: string;
  /** As HTML. */
  readonly body: readonly string[];
}

/** A section with its heading, as HTML. */
export function section({ id, heading, body }: Section): string {
  return element("section", { id }, [element("h2", {}, escape(heading)), ...body]);
}

/** Links to sections, as HTML. */
export function contents(sections: readonly Section[]): string {
  const links = sections.map(({ id, heading }) =>
    element("a", { href: `#${id}`, class: "chip" }, escape(heading)),
  );
  return element("nav", { "aria-label": "Contents" }, links);
}

/** What {@link table} writes; all of it is escaped. */
export interface TableOptions {
  /** Above the table; none if left out. */
  readonly caption?: string;
  /** A name for each column; "" for one that needs none. */
  readonly head: readonly string[];
  /** Texts and numbers, the first of each row being its name. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/**
 * A table as HTML that scrolls where it is too wide; columns of numbers are set flush right.
 *
 * @throws InputError when a row has not as many cells as the head
 */
export function table({ caption, head, rows }: TableOptions): string {
  for (const row of rows)
    if (row.length !== head.length)
      reject("table", `rows of ${head.length} cells`, `one of ${row.length}`);
  const isNumber = head.map((_, c) => {
    const cells = rows.map((row) => String(row[c]));
    return (
      c > 0 &&
      cells.some((cell) => /\d/.test(cell)) &&
      cells.every((cell) => LIKE_NUMBER.test(cell))
    );
  });
  const alignment = (c: number): string | null => (isNumber[c] ? "number" : null);
  const name = caption ?? head.join(", ");
  return element(
    "div",
    // so that it can be scrolled from the keyboard
    { class: "wide", role: "region", tabindex: 0, "aria-label": name },
    element("table", {}, [
      ...(caption === undefined ? [] : [element("caption", {}, escape(caption))]),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          head.map((text, c) =>
            element(
              text === "" ? "td" : "th",
              { scope: text === "" ? null : "col", class: alignment(c) },
              escape(text),
            ),
          ),
        ),
      ),
      element(
        "tbody",
        {},
        rows.map((row) =>
          element(
            "tr",
            {},
            row.map((cell, c) =>
              c === 0
                ? element("th", { scope: "row" }, escape(String(cell)))
                : element("td", { class: alignment(c) }, escape(String(cell))),
            ),
          ),
        ),
      ),
    ]),
  );
}

const NUMBER = /[-−+±]?[\d.,]+( ?[%×sx]| ms| s| MB)?/.source;
/** A number, or two as in `97.1 ± 0.2 %`, `−1.2 to 0.4` and `3 of 16`; or a dash for none. */
const LIKE_NUMBER = new RegExp(`^${NUMBER}( ([±–…]|to|of) ${NUMBER})?$|^[–—]?$`);

/** Pairs of a name and a value, as HTML; both are escaped. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const items = pairs.map(([name, value]) =>
    element("div", {}, element("dt", {}, escape(name)) + element("dd", {}, escape(value))),
  );
  return element("dl", {}, items);
}

/**
 * A figure with its caption, drawn twice: for telephones and for larger screens. Only one of the
 * two is shown, and read out.
 *
 * @param draw draws the figure at a given width, in pixels
 * @param widths of a figure that fills the page, if left out
 */
export function figure(
  draw: (width: number) => string,
  caption: string,
  widths: readonly [small: number, large: number] = [340, 1000],
): string {
  const [small, large] = widths.map(draw) as [string, string];
  return element("figure", {}, [
    ...(small === large
      ? [small]
      : [element("div", { class: "small" }, small), element("div", { class: "large" }, large)]),
    caption === "" ? "" : element("figcaption", {}, escape(caption)),
  ]);
}
