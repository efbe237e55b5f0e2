/** Formulas from the chapters and lines from the sources, copied from their pages when wanted. */
import { html, nothing, type TemplateResult } from "lit-html";
import { page, root } from "../../client/dom.js";

type Piece = Element | "waiting" | null;

const pieces = new Map<string, Piece>();

/** Takes a piece of another page, and calls `arrived` once it is there. */
function taken(
  key: string,
  address: string,
  find: (from: Document) => Element | null,
  arrived: () => void,
): Element | null {
  const known = pieces.get(key);
  if (known !== undefined) return known === "waiting" ? null : known;
  pieces.set(key, "waiting");
  page(address)
    .then((from) => {
      const found = find(from);
      pieces.set(key, found === null ? null : cleaned(document.importNode(found, true)));
      arrived();
    })
    .catch(() => pieces.set(key, null));
  return null;
}

/** What it is a copy of has the names and the lights. */
function cleaned(copy: Element): Element {
  for (const one of [copy, ...copy.querySelectorAll("*")])
    for (const name of ["id", "data-symbol", "data-tags", "data-tag", "data-ref"])
      one.removeAttribute(name);
  for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  return copy;
}

export interface Equation {
  readonly chapter: string;
  readonly tag: string;
}

/** @param place tells apart where the same formula stands twice on the page */
export function formula(
  { chapter, tag }: Equation,
  place: string,
  arrived: () => void,
): TemplateResult {
  const address = `${root()}chapters/${chapter}.html`;
  const find = (from: Document): Element | null =>
    from.getElementById(tag)?.querySelector("math") ?? null;
  const math = taken(`${place} ${tag}`, address, find, arrived);
  return html`<div class="from-chapter">
    <div class="set" tabindex="0" role="region" aria-label=${`Equation ${tag}`}>
      ${math ?? nothing}
    </div>
    <a href="${address}#${tag}">(${tag})</a>
  </div>`;
}

/** The line that names an equation, with what it says about it. */
export function codeLine(file: string, tag: string, arrived: () => void): TemplateResult {
  const address = `${root()}${file}.html`;
  const find = (from: Document): Element | null => {
    const isIt = (line: Element): boolean => line.textContent?.includes(`// (${tag})`) === true;
    const lines = [...from.querySelectorAll(`.line[data-tags~="${CSS.escape(tag)}"]`)];
    return lines.find(isIt) ?? lines.at(-1) ?? null;
  };
  const line = taken(`${file} ${tag}`, address, find, arrived);
  const at = line?.getAttribute("data-line");
  return html`<div class="from-code">
    <code tabindex="0" role="region" aria-label=${`The line of ${tag}`}>${line ?? nothing}</code>
    <a href="${address}#${at == null ? "" : `L${at}`}"
      >${file}${at == null ? "" : `, line ${at}`}</a
    >
  </div>`;
}
