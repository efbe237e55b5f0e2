/** Numbers in squares: an image, a filter, a matrix of columns, with windows drawn around some. */
import type { Place } from "./diagram.js";
import { textAt } from "./frame.js";
import { formatNumber } from "./numbers.js";
import { SHADES } from "./palette.js";
import { element } from "./svg.js";
import { FONT_SIZE, textWidth } from "./text.js";

/** A rectangle of squares, drawn around with a thick line. */
export interface Window {
  /** Its first row, from 0. */
  readonly row: number;
  /** Its first column, from 0. */
  readonly column: number;
  /** [rows, columns] that it spans. */
  readonly size: readonly [number, number];
  /** Of the series' colours, from 0 to 5. */
  readonly series: number;
  /** Filled lightly as well. */
  readonly filled?: boolean;
}

/** What {@link cells} draws. */
export interface CellsOptions {
  /** Of the upper left corner. */
  readonly at: Place;
  /** Rows of what stands in the squares: numbers, letters, or null for an empty square. */
  readonly values: readonly (readonly (number | string | null)[])[];
  /** Of a square's side, in pixels; 28 if left out. */
  readonly size?: number;
  /** How many rows above and below and columns left and right are padding; [0, 0] if left out. */
  readonly padding?: readonly [number, number];
  /** The later ones lie over the earlier ones. */
  readonly windows?: readonly Window[];
  /**
   * `plain`: no colours. `signed`: orange above 0, blue below it, the stronger the larger.
   * `amount`: blue, the stronger the larger. `plain` if left out.
   */
  readonly kind?: "plain" | "signed" | "amount";
  /** Squares to leave pale, or null for none. */
  readonly isPale?: (row: number, column: number) => boolean;
  /** The series of a square's ground, from 0 to 5, or null. */
  readonly seriesOf?: (row: number, column: number) => number | null;
  /** Above the squares. */
  readonly title?: string;
  /** Of numbers; three digits if left out. */
  readonly format?: (value: number) => string;
}

/** How wide and high the squares are: [width, height], without their title. */
export function cellsExtent({ values, size = 28 }: CellsOptions): readonly [number, number] {
  return [size * Math.max(0, ...values.map((row) => row.length)), size * values.length];
}

/** The middle of one square. */
export function cellCentre({ at, size = 28 }: CellsOptions, row: number, column: number): Place {
  return [at[0] + (column + 0.5) * size, at[1] + (row + 0.5) * size];
}

/** The squares, with what stands in them; padding is dashed. */
export function cells(options: CellsOptions): string {
  const { at, values, size = 28, windows = [], title } = options;
  const [width] = cellsExtent(options);
  const numbers = values.flat().filter((value) => typeof value === "number");
  const largest = Math.max(0, ...numbers.filter(Number.isFinite).map(Math.abs));
  return [
    ...(title === undefined
      ? []
      : [textAt(at[0] + width / 2, at[1] - 7, title, { "text-anchor": "middle" })]),
    ...values.flatMap((row, r) => row.map((value, c) => cell(options, [r, c], value, largest))),
    ...windows.map(({ row, column, size: [rows, columns], series, filled = false }) =>
      element("rect", {
        class: `s${series} line`,
        x: at[0] + column * size,
        y: at[1] + row * size,
        width: columns * size,
        height: rows * size,
        rx: 2,
        style: filled ? "fill:currentColor;fill-opacity:.18" : null,
      }),
    ),
  ].join("");
}

type Value = number | string | null;

function cell(
  options: CellsOptions,
  [row, column]: readonly [number, number],
  value: Value,
  largest: number,
): string {
  const { at, size = 28, values, padding = [0, 0], isPale, seriesOf } = options;
  const { format = formatNumber } = options;
  const [rows, columns] = [values.length, values[row]!.length];
  const isFrame =
    row < padding[0] ||
    row >= rows - padding[0] ||
    column < padding[1] ||
    column >= columns - padding[1];
  const [x, y] = [at[0] + column * size, at[1] + row * size];
  const text = value === null ? "" : typeof value === "number" ? format(value) : value;
  const shade = shadeOf(options, value, largest);
  const series = seriesOf?.(row, column) ?? null;
  // a wide number shrinks until it fits
  const font = Math.min(FONT_SIZE, Math.floor((FONT_SIZE * (size - 3)) / textWidth(text || "0")));
  return (
    (series === null
      ? ""
      : element("rect", { class: `s${series} band`, x, y, width: size, height: size })) +
    (shade === null ? "" : element("rect", { class: shade, x, y, width: size, height: size })) +
    element("rect", {
      class: "grid",
      fill: "none",
      x,
      y,
      width: size,
      height: size,
      "stroke-dasharray": isFrame ? "2 3" : null,
    }) +
    textAt(x + size / 2, y + size / 2 + 0.36 * font, text, {
      "text-anchor": "middle",
      class:
        shade !== null ? `on-${shade}` : isFrame || isPale?.(row, column) === true ? "soft" : null,
      style: font === FONT_SIZE ? null : `font-size:${font}px`,
      opacity: isPale?.(row, column) === true ? 0.55 : null,
    })
  );
}

/** The class of a square's shade, or null for none. */
function shadeOf({ kind = "plain" }: CellsOptions, value: Value, largest: number): string | null {
  if (kind === "plain" || typeof value !== "number" || !Number.isFinite(value)) return null;
  const share = largest === 0 ? 0 : Math.abs(value) / largest;
  // the strongest shades leave no room for a window's line
  const step = Math.min(SHADES - 3, Math.round(share * (SHADES - 3)));
  if (step === 0) return null;
  return kind === "signed" && value > 0 ? `wrong${step}` : `right${step}`;
}
