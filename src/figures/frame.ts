/** What all figures share: an SVG that stands alone, described in words, by day and by night. */
import { reject } from "../tensor/index.js";
import { dark, inkOn, light, type Scheme, SHADES } from "./palette.js";
import { type Attributes, element, escape } from "./svg.js";
import { FONT_SIZE, LINE_HEIGHT, shorten, wrap } from "./text.js";

/** What every figure needs to know. */
export interface FigureOptions {
  /** What the figure shows, in a few words; the name by which a screen reader calls it. */
  readonly title: string;
  /** What there is to see in it, for those who cannot see it. */
  readonly description: string;
  /**
   * In pixels. The figure is never shown wider, and shrinks where there is less room. The default,
   * 380, keeps text readable on a telephone; for larger screens, draw a wider one as well.
   */
  readonly width?: number;
}

/** The namespace, which a file of its own has to name. */
export const SVG = "http://www.w3.org/2000/svg";

const DEFAULT_WIDTH = 380;
const [NARROWEST, WIDEST] = [200, 4000];

/** @throws InputError when title or description are missing, or the width is none */
export function widthOf(where: string, { title, description, width }: FigureOptions): number {
  for (const [name, text] of Object.entries({ title, description }))
    if (typeof text !== "string" || text.trim() === "")
      reject(where, `a ${name} in words`, typeof text === "string" ? "none" : typeof text);
  const chosen = width ?? DEFAULT_WIDTH;
  if (!(chosen >= NARROWEST && chosen <= WIDEST))
    reject(where, `a width from ${NARROWEST} to ${WIDEST} pixels`, String(chosen));
  return Math.round(chosen);
}

/** How large the drawing is; `remarks` are added below it, and to its description. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly content: readonly string[];
  readonly remarks?: readonly string[];
}

/** The figure as an SVG. It has no ids, so that many may be put into one page. */
export function frame({ title, description }: FigureOptions, drawing: Drawing): string {
  const { width, content, remarks = [] } = drawing;
  const lines = remarks.flatMap((remark) => wrap(remark, width - 8, 4));
  const notes = lines.map((line, n) =>
    textAt(4, drawing.height + (n + 1) * LINE_HEIGHT - 4, line, { class: "soft" }),
  );
  const height = Math.ceil(
    drawing.height + (lines.length === 0 ? 0 : lines.length * LINE_HEIGHT + 4),
  );
  return element(
    "svg",
    {
      xmlns: SVG,
      class: "figure",
      role: "img",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
    },
    [
      element("title", {}, escape(title)),
      element("desc", {}, escape([description, ...remarks].join(" "))),
      FIGURE_STYLE,
      element("rect", { class: "ground", width, height }),
      ...content,
      ...notes,
    ],
  );
}

/** A line of text whose baseline begins, ends or has its middle at (x, y). */
export function textAt(x: number, y: number, text: string, attributes: Attributes = {}): string {
  if (text.trim() === "") return "";
  return element("text", { x, y, ...attributes }, escape(text));
}

/** The same, cut to what fits between x and the edges of a figure, and the whole in a tooltip. */
export function shortTextAt(
  x: number,
  y: number,
  text: string,
  room: number,
  attributes: Attributes = {},
): string {
  const shown = shorten(text, room);
  if (shown.trim() === "") return "";
  const whole = shown === text ? "" : element("title", {}, escape(text));
  return element("text", { x, y, ...attributes }, escape(shown) + whole);
}

/**
 * The same rules in every figure, so that it makes no difference whose count where several are in
 * one page. Colours are passed on as `currentColor`, which more programs know than variables.
 */
function rulesOf(scheme: Scheme): string {
  const shades = (name: "right" | "wrong"): string =>
    Array.from(
      { length: SHADES },
      (_, shade) =>
        `.figure .${name}${shade}{fill:${scheme[name][shade]}}` +
        `.figure .on-${name}${shade}{fill:${inkOn(scheme, shade)}}`,
    ).join("");
  return (
    `.figure .ground{fill:${scheme.ground}}` +
    `.figure text{fill:${scheme.ink}}` +
    `.figure .soft{fill:${scheme.soft}}` +
    `.figure .grid{stroke:${scheme.line}}` +
    `.figure .axis{stroke:${scheme.soft}}` +
    `.figure .guide{color:${scheme.soft}}` +
    `.figure .rule{stroke:${scheme.ink}}` +
    `.figure .edge,.figure .halo{stroke:${scheme.ground}}` +
    `.figure .sign{stroke:${scheme.ink}}` +
    `.figure .lines{fill:${scheme.line}}` +
    scheme.series.map((colour, s) => `.figure .s${s}{color:${colour}}`).join("") +
    shades("right") +
    shades("wrong")
  );
}

const RULES =
  `.figure{display:block;max-width:100%;height:auto}` +
  `.figure text{font:${FONT_SIZE}px system-ui,sans-serif}` +
  `.figure .line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;` +
  `stroke-linecap:round}` +
  `.figure .run{stroke-width:.8}` +
  `.figure .guide.line{stroke-width:1.3}` +
  `.figure .band{fill:currentColor;fill-opacity:.18}` +
  `.figure .fill{fill:currentColor}` +
  `.figure .hollow{stroke:currentColor;stroke-width:1.5}` +
  `.figure .rule{stroke-dasharray:1 3;stroke-linecap:round}` +
  `.figure image{image-rendering:pixelated}` +
  `.figure .sign{fill:none;stroke-width:1.4}` +
  `.figure .halo{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}` +
  rulesOf(light) +
  `@media(prefers-color-scheme:dark){${rulesOf(dark)}}`;

/** In every figure; a page needs it once. */
export const FIGURE_STYLE = element("style", {}, RULES);
