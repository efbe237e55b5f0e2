/** A table as a picture: numbers in cells, shaded by their size. */
import { reject } from "../tensor/index.js";
import { type FigureOptions, frame, shortTextAt, textAt, widthOf } from "./frame.js";
import { formatNumber } from "./numbers.js";
import { SHADES } from "./palette.js";
import { element, escape } from "./svg.js";
import { LINE_HEIGHT, shorten, textWidth } from "./text.js";

/** What the rows or the columns are. */
export interface MatrixAxis {
  /** What the names are: `true class`. */
  readonly label: string;
  /** One for each row or column, in their order. */
  readonly names: readonly string[];
}

/** What {@link matrixChart} draws. */
export interface MatrixChartOptions extends FigureOptions {
  /** From top to bottom. */
  readonly rows: MatrixAxis;
  /** From left to right. Each needs 6 pixels at least. */
  readonly columns: MatrixAxis;
  /** [rows, columns] */
  readonly values: readonly (readonly number[])[];
  /**
   * `confusion`: counts, of which those of the diagonal are right and have a colour of their own,
   * shaded as shares of their row. `amount`: from 0, or the smallest number below it, to the
   * largest. `signed`: 0 in the middle, two colours and a sign.
   */
  readonly kind: "confusion" | "amount" | "signed";
  /** How numbers in cells are written; in three digits if left out, and counts in full. */
  readonly format?: (value: number) => string;
}

/** Of numbers in cells, in pixels. */
const SMALL = 11;
const [LEAST_CELL, LARGEST_CELL] = [6, 44];

/**
 * Cells with their numbers, where these fit; in any case each has a tooltip.
 *
 * @returns an SVG that stands alone
 * @throws InputError when title or description are missing, the width is not from 200 to 4000
 *   pixels or too small for the columns, there is no cell, the values are not a number for each, or
 *   a count is below 0
 */
export function matrixChart(options: MatrixChartOptions): string {
  const where = "matrixChart";
  const width = widthOf(where, options);
  const {
    rows,
    columns,
    values,
    kind,
    format = kind === "confusion" ? String : formatNumber,
  } = options;
  checkMatrix(where, options);
  const names = Math.ceil(
    Math.min(
      0.3 * width,
      rows.names.reduce((most, name) => Math.max(most, textWidth(name)), 0),
    ),
  );
  const left = names + 12;
  const cell = Math.min(LARGEST_CELL, (width - left - 6) / columns.names.length);
  if (cell < LEAST_CELL)
    reject(where, `a width for ${columns.names.length} columns`, `${width}`, "choose a larger one");
  const heads = columnNames(columns.names, left, cell, 2 * LINE_HEIGHT);
  const top = 2 * LINE_HEIGHT + heads.height;
  // rows may be lower than wide, but a number has to fit
  const isShown = (text: string): boolean => textWidth(text, SMALL) <= cell - 2;
  const texts = values.map((row) => row.map((value) => textOf(value, kind, format)));
  const fits = cell >= SMALL + 3 && texts.every((row) => row.every(isShown));
  const shade = shading(values, kind);
  const every = Math.max(1, Math.ceil(14 / cell));
  const cells = values.map((row, r) =>
    row.map((value, c) => {
      const [x, y] = [left + c * cell, top + r * cell];
      const colour = shade(value, r, c);
      const box = { x, y, width: cell - 1, height: cell - 1 };
      const said = `${rows.names[r]}, ${columns.names[c]}: ${format(value)}`;
      const title = element("title", {}, escape(said));
      const text = fits ? texts[r]![c]! : "";
      const middle = { "text-anchor": "middle", style: `font-size:${SMALL}px` };
      return (
        element("rect", { class: colour ?? "band", ...box }, title) +
        (text === ""
          ? ""
          : textAt(x + (cell - 1) / 2, y + cell / 2 + 3.5, text, {
              ...middle,
              class: colour === null ? null : `on-${colour}`,
            }))
      );
    }),
  );
  const height = top + rows.names.length * cell + 4;
  const [across, down] = [columns.names.length * cell, rows.names.length * cell];
  // a small matrix needs no large figure, but its texts a line
  const used = Math.min(width, Math.max(320, Math.ceil(left + across + 6)));
  const sizeOfGrid = { width: across + 1, height: down + 1 };
  return frame(options, {
    width: used,
    height,
    content: [
      textAt(4, 14, shorten(`down: ${rows.label}`, used - 8), { class: "soft" }),
      textAt(4, 14 + LINE_HEIGHT, shorten(`across: ${columns.label}`, used - 8), {
        class: "soft",
      }),
      ...heads.content,
      ...rows.names.flatMap((name, r) =>
        r % every === 0
          ? [
              shortTextAt(left - 6, top + (r + 0.5) * cell + 4, name, names, {
                "text-anchor": "end",
              }),
            ]
          : [],
      ),
      element("rect", { class: "lines", x: left - 1, y: top - 1, ...sizeOfGrid }),
      ...cells.flat(),
    ],
    remarks: remarksOf(values, kind, fits),
  });
}

function checkMatrix(where: string, { rows, columns, values, kind }: MatrixChartOptions): void {
  const [height, width] = [rows.names.length, columns.names.length];
  if (height === 0 || width === 0) reject(where, "at least one cell", `${height} × ${width}`);
  if (values.length !== height || values.some((row) => row.length !== width))
    reject(where, `${height} rows of ${width} values`, `${values.length} of ${values[0]?.length}`);
  if (kind !== "confusion") return;
  for (const value of values.flat())
    if (!(Number.isFinite(value) && value >= 0)) reject(where, "counts from 0 on", String(value));
}

/** Beside each other where they fit, else upright, and not all of them where cells are small. */
function columnNames(
  names: readonly string[],
  left: number,
  cell: number,
  top: number,
): { readonly height: number; readonly content: readonly string[] } {
  const widest = names.reduce((most, name) => Math.max(most, textWidth(name)), 0);
  if (widest <= cell - 4)
    return {
      height: LINE_HEIGHT,
      content: names.map((name, c) =>
        textAt(left + (c + 0.5) * cell, top + 12, name, { "text-anchor": "middle" }),
      ),
    };
  const every = Math.max(1, Math.ceil(15 / cell));
  const room = Math.min(110, Math.ceil(widest));
  return {
    height: room + 8,
    content: names.flatMap((name, c) => {
      if (c % every !== 0) return [];
      const [x, y] = [left + (c + 0.5) * cell + 4, top + room + 2];
      const turned = `rotate(-90 ${x.toFixed(1)} ${y.toFixed(1)})`;
      return [shortTextAt(Number(x.toFixed(1)), y, name, room, { transform: turned })];
    }),
  };
}

/** Counts of 0 are not written, since the others are what one looks for. */
function textOf(
  value: number,
  kind: MatrixChartOptions["kind"],
  format: (value: number) => string,
): string {
  if (kind === "confusion" && value === 0) return "";
  return kind === "signed" && value > 0 ? `+${format(value)}` : format(value);
}

/** The class of a cell's shade; null for what is not finite. */
function shading(
  values: readonly (readonly number[])[],
  kind: MatrixChartOptions["kind"],
): (value: number, row: number, column: number) => string | null {
  const finite = values.flat().filter(Number.isFinite);
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const step = (share: number): number =>
    Math.min(SHADES - 1, Math.max(share > 0 ? 1 : 0, Math.round(share * (SHADES - 1))));
  if (kind === "signed")
    return (value) => {
      if (!Number.isFinite(value)) return null;
      const share = largest === 0 ? 0 : Math.abs(value) / largest;
      return value < 0 ? `right${step(share)}` : `wrong${step(share)}`;
    };
  if (kind === "amount") {
    const low = finite.reduce((least, value) => Math.min(least, value), 0);
    const high = finite.reduce((most, value) => Math.max(most, value), low);
    // halves, since the whole may be larger than any number
    const share = (value: number): number =>
      high === low ? 0 : (value / 2 - low / 2) / (high / 2 - low / 2);
    return (value) => (Number.isFinite(value) ? `right${step(share(value))}` : null);
  }
  const mistakes = values.flatMap((row, r) => row.filter((_, c) => c !== r));
  const worst = mistakes.reduce((most, value) => Math.max(most, value), 0);
  return (value, r, c) => {
    const total = values[r]!.reduce((sum, count) => sum + count, 0);
    if (r === c) return `right${step(total === 0 ? 0 : value / total)}`;
    // roots, since few mistakes are frequent and many are not
    return `wrong${step(worst === 0 ? 0 : Math.sqrt(value / worst))}`;
  };
}

function remarksOf(
  values: readonly (readonly number[])[],
  kind: MatrixChartOptions["kind"],
  fits: boolean,
): string[] {
  const lost = values.flat().filter((value) => !Number.isFinite(value)).length;
  return [
    ...(kind === "confusion"
      ? ["Blue: right, as a share of the row. Orange: confused, the stronger the more."]
      : []),
    ...(kind === "signed" ? ["Orange: above 0. Blue: below 0."] : []),
    ...(lost > 0 ? [`${lost} ${lost === 1 ? "value is" : "values are"} not finite.`] : []),
    ...(fits ? [] : ["Cells are too small for their numbers."]),
  ];
}
