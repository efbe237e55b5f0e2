/**
 * Figures that are put together from shapes: the pictures of the chapters. A diagram says how large
 * it is, and {@link cells}, {@link slab}, {@link graph}, {@link contours} and {@link arrow} say
 * what is in it and where.
 */
import { reject } from "../tensor/index.js";
import { type FigureOptions, frame, textAt, widthOf } from "./frame.js";
import { type Attributes, element } from "./svg.js";

/** A place in a diagram, in pixels from its upper left corner: [x, y]. */
export type Place = readonly [x: number, y: number];

/** What only diagrams need beside the rules of every figure. */
const STYLE = element(
  "style",
  {},
  ".figure .thin{stroke-width:1.3}.figure .faint{stroke-opacity:.6}",
);

/** What {@link diagram} puts together. */
export interface DiagramOptions extends FigureOptions {
  /** In pixels. */
  readonly height: number;
  /** Shapes, the first one at the bottom. */
  readonly content: readonly string[];
}

/**
 * Shapes in a frame, with title and description, by day and by night.
 *
 * @returns an SVG that stands alone
 * @throws InputError when title or description are missing, the width is not from 200 to 4000
 *   pixels, or the height is not above 0
 */
export function diagram(options: DiagramOptions): string {
  const where = "diagram";
  const width = widthOf(where, options);
  const { height, content } = options;
  if (!(height > 0)) reject(where, "a height above 0 pixels", String(height));
  return frame(options, { width, height, content: [STYLE, ...content] });
}

/** Where a label's text is: from (x, y) on, up to it, or around it. */
export type Anchor = "start" | "middle" | "end";

/** How a {@link label} looks. */
export interface LabelOptions {
  /** `start` if left out. */
  readonly anchor?: Anchor;
  /** Of the series' colours, from 0 to 5; the ink of the page if left out. */
  readonly series?: number;
  /** For what is said in passing. */
  readonly soft?: boolean;
  /** Letters of mathematics. */
  readonly italic?: boolean;
  /** With an edge of the ground's colour, for a text on lines. */
  readonly halo?: boolean;
  /** Of the font in pixels; 13 if left out. */
  readonly size?: number;
}

/** A line of text with its baseline at (x, y). */
export function label([x, y]: Place, text: string, options: LabelOptions = {}): string {
  const { anchor = "start", series, soft = false, italic = false, halo = false, size } = options;
  const style = [
    ...(size === undefined ? [] : [`font-size:${size}px`]),
    ...(italic ? ["font-style:italic"] : []),
  ];
  const classes = [
    ...(series !== undefined ? [`s${series}`, "fill"] : soft ? ["soft"] : []),
    ...(halo ? ["halo"] : []),
  ];
  const attributes: Attributes = {
    "text-anchor": anchor === "start" ? null : anchor,
    class: classes.length === 0 ? null : classes.join(" "),
    style: style.length === 0 ? null : style.join(";"),
  };
  return textAt(x, y, text, attributes);
}
