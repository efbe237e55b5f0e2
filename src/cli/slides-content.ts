/** What is on a chapter's slides: its result, and each picture with an equation beside it. */
import { join } from "node:path";
import { type ChapterText, DERIVATIONS, titleOf } from "./chapters.js";
import { readText } from "./files.js";

/** A display formula. */
export interface Formula {
  readonly latex: string;
  /** `affine.9`, null for a formula without a tag. */
  readonly tag: string | null;
}

export interface Picture {
  readonly svg: string;
  /** What there is to see, in words. */
  readonly caption: string;
}

export interface Slide {
  readonly heading: string;
  /** The chapter's box, as Markdown; null on slides of pictures. */
  readonly box: string | null;
  readonly picture: Picture | null;
  readonly formula: Formula | null;
}

export interface ChapterSlides {
  readonly name: string;
  readonly title: string;
  /** What it is about, as Markdown: the first paragraph. */
  readonly lead: string;
  readonly slides: readonly Slide[];
}

type Part =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "formula"; readonly formula: Formula }
  | { readonly kind: "picture"; readonly file: string; readonly caption: string }
  | { readonly kind: "box"; readonly text: string };

/** Slides in the chapter's own order. */
export function slidesOf(chapter: ChapterText): ChapterSlides {
  const parts = partsOf(chapter.text);
  const title = titleOf(chapter);
  const shown = new Set<string>();
  const slides = parts.flatMap((part, i): Slide[] => {
    const heading = headingAt(parts, i) ?? title;
    if (part.kind === "box") return [{ heading, box: part.text, picture: null, formula: null }];
    if (part.kind !== "picture") return [];
    const svg = readText(join(DERIVATIONS, "figures", part.file));
    const formula = formulaBeside(parts, i, shown);
    if (formula !== null) shown.add(formula.tag!);
    return [{ heading, box: null, picture: { svg, caption: part.caption }, formula }];
  });
  const [, lead = ""] = chapter.text.split("\n\n");
  return { name: chapter.name, title, lead, slides };
}

/** Each from the start of a line to the end of one. */
const PARTS = new RegExp(
  [
    /#{2,} (?<heading>.+)/,
    /\$\$\n(?<formula>[\s\S]+?)\n\$\$/,
    /!\[(?<caption>[^\]]*)\]\(figures\/(?<file>[\w-]+\.svg)\)/,
    /(?<box>>.*(?:\n>.*)*)/,
  ]
    .map(({ source }) => `^${source}$`)
    .join("|"),
  "gm",
);

/** Headings, formulas, pictures, and the box of the result, in order. */
function partsOf(text: string): readonly Part[] {
  const outsideCode = text.replace(/^```.*\n[\s\S]*?^```$/gm, "");
  let isResult = false;
  return [...outsideCode.matchAll(PARTS)].flatMap(({ groups }): Part[] => {
    const { heading, formula, caption, file, box } = groups as Record<string, string | undefined>;
    if (heading !== undefined) {
      isResult = heading === "The result";
      return [{ kind: "heading", text: heading }];
    }
    if (formula !== undefined) return [{ kind: "formula", formula: formulaOf(formula) }];
    if (file !== undefined) return [{ kind: "picture", file, caption: caption! }];
    return isResult ? [{ kind: "box", text: box!.replace(/^> ?/gm, "") }] : [];
  });
}

/** A formula with its tag taken out. */
export function formulaOf(latex: string): Formula {
  const tag = /\\tag\s*\{([^}]*)\}/.exec(latex)?.[1] ?? null;
  return { latex: latex.replace(/\\tag\s*\{[^}]*\}/, "").trim(), tag };
}

function headingAt(parts: readonly Part[], at: number): string | null {
  const found = parts.slice(0, at).findLast(({ kind }) => kind === "heading");
  return found?.kind === "heading" ? found.text : null;
}

/**
 * The tagged formula that a picture is about: the nearest one above it or else below it, with no
 * heading, other picture or box in between, and on no slide before.
 */
function formulaBeside(
  parts: readonly Part[],
  at: number,
  shown: ReadonlySet<string>,
): Formula | null {
  for (const way of [parts.slice(0, at).toReversed(), parts.slice(at + 1)])
    for (const part of way) {
      if (part.kind !== "formula") break;
      const { tag } = part.formula;
      if (tag !== null && !shown.has(tag)) return part.formula;
    }
  return null;
}
