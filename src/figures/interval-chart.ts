/** A row for each thing that is compared: every run as a dot, their mean, and its interval. */
import { reject } from "../tensor/index.js";
import { type Axis, type Scale, scaleOf } from "./axis.js";
import { type FigureOptions, frame, shortTextAt, textAt, widthOf } from "./frame.js";
import { lookOf, markAt } from "./legend.js";
import { type Area, BELOW, horizontalAxis } from "./plot-area.js";
import { element, escape } from "./svg.js";
import { LINE_HEIGHT, textWidth, wrap } from "./text.js";

/** One thing of those that are compared. It needs values, a mean or an interval. */
export interface IntervalRow {
  /** Beside the row, or above it where names are long. */
  readonly name: string;
  /** Every run, or none where only the interval is known. */
  readonly values?: readonly number[];
  /** A mark in the row; none if left out. */
  readonly mean?: number;
  /** A bar from end to end; none if left out. */
  readonly interval?: readonly [low: number, high: number];
  /** What stands at the end of the row: `97.6 ± 0.2 %`. */
  readonly text?: string;
}

/** What {@link intervalChart} draws. */
export interface IntervalChartOptions extends FigureOptions {
  /** The axis below all rows. */
  readonly x: Axis;
  /** At least one, from top to bottom. */
  readonly rows: readonly IntervalRow[];
  /** A line through all rows: 0 for differences, a value to be compared with. */
  readonly reference?: {
    /** In the unit of the axis. */
    readonly at: number;
    /** Its label, above the line. */
    readonly name: string;
  };
}

/** Of dots that lie on each other, how far up or down the next one goes. */
const STEP_ASIDE = 4;
const DOT = 2.6;
/** The largest share of the width that names may take where they are beside their rows. */
const NAME_SHARE = 0.34;

/**
 * Rows of dots with mean and interval, one below the other.
 *
 * @returns an SVG that stands alone
 * @throws InputError when title or description are missing, the width is not from 200 to 4000
 *   pixels, there is no row, or a row has nothing to draw
 */
export function intervalChart(options: IntervalChartOptions): string {
  const where = "intervalChart";
  const width = widthOf(where, options);
  const { rows, reference } = options;
  if (rows.length === 0) reject(where, "at least one row", "none");
  for (const { name, values = [], mean, interval } of rows)
    if (values.length === 0 && mean === undefined && interval === undefined)
      reject(where, `values, a mean or an interval in row "${name}"`, "none");
  const layout = layOut(rows, width);
  const above = reference === undefined ? 6 : LINE_HEIGHT + 6;
  const bottom = above + rows.length * layout.rowHeight;
  const area: Area = { left: layout.left, right: layout.right, top: above, bottom };
  const x = scaleOf(
    where,
    options.x,
    [...rows.flatMap(numbersOf), ...(reference === undefined ? [] : [reference.at])],
    [area.left, area.right],
    Math.floor((area.right - area.left) / 64),
  );
  return frame(options, {
    width,
    height: bottom + BELOW + 2,
    content: [
      ...horizontalAxis(x, area, width),
      referenceLine(reference, x, area, width),
      ...rows.flatMap((row, r) => {
        const top = above + r * layout.rowHeight;
        return [...layout.texts(row, top), drawRow(row, x, top + layout.middle)];
      }),
    ],
    remarks: rows.flatMap((row) => {
      const lost = numbersOf(row).filter((value) => x.place(value) === null).length;
      if (lost === 0) return [];
      return [
        `${row.name}: ${lost} ${lost === 1 ? "value" : "values"} not ${x.missing}, left out.`,
      ];
    }),
  });
}

function numbersOf({ values = [], mean, interval }: IntervalRow): readonly number[] {
  return [...values, ...(mean === undefined ? [] : [mean]), ...(interval ?? [])];
}

interface Layout {
  readonly left: number;
  readonly right: number;
  readonly rowHeight: number;
  /** From the top of a row to the line of its interval. */
  readonly middle: number;
  texts(row: IntervalRow, top: number): readonly string[];
}

/** Names beside the rows where they are short, and above them where they are not. */
function layOut(rows: readonly IntervalRow[], width: number): Layout {
  const widest = (textOf: (row: IntervalRow) => string): number =>
    rows.reduce((most, row) => Math.max(most, textWidth(textOf(row))), 0);
  const textsWidth = Math.ceil(widest(({ text = "" }) => text));
  const namesWidth = widest(({ name }) => name);
  const isBeside = namesWidth <= NAME_SHARE * width && namesWidth + textsWidth <= 0.5 * width;
  if (isBeside) {
    const left = Math.ceil(namesWidth) + 16;
    const right = width - (textsWidth === 0 ? 14 : textsWidth + 18);
    return {
      ...{ left, right, rowHeight: 28, middle: 14 },
      texts: ({ name, text = "" }, top) => [
        textAt(left - 12, top + 18, name, { "text-anchor": "end" }),
        text === "" ? "" : textAt(width - 4, top + 18, text, { "text-anchor": "end" }),
      ],
    };
  }
  const room = Math.max(textsWidth === 0 ? 0 : 0.4 * width, width - textsWidth - 24);
  return {
    ...{ left: 16, right: width - 16, rowHeight: 28 + LINE_HEIGHT, middle: LINE_HEIGHT + 14 },
    texts: ({ name, text = "" }, top) => [
      shortTextAt(4, top + 16, name, text === "" ? width - 8 : room, { class: "halo" }),
      shortTextAt(width - 4, top + 16, text, width - 24 - Math.min(room, textWidth(name)), {
        ...{ class: "halo", "text-anchor": "end" },
      }),
    ],
  };
}

function referenceLine(
  reference: IntervalChartOptions["reference"],
  x: Scale,
  area: Area,
  width: number,
): string {
  const at = reference === undefined ? null : x.place(reference.at);
  if (reference === undefined || at === null) return "";
  const [name = ""] = wrap(reference.name, width - 8, 1);
  const half = textWidth(name) / 2;
  const middle = Math.min(width - 4 - half, Math.max(4 + half, at));
  return (
    element("line", { class: "rule", x1: at, x2: at, y1: area.top, y2: area.bottom }) +
    textAt(middle, area.top - 6, name, { class: "soft", "text-anchor": "middle" })
  );
}

function drawRow({ name, values = [], mean, interval }: IntervalRow, x: Scale, y: number): string {
  const [dots, middle] = [lookOf(5), lookOf(0)];
  const drawn: string[] = [];
  const [low, high] = (interval ?? []).map((end) => x.place(end));
  if (low != null && high != null) {
    const bar = { class: `${middle.colour} line`, "stroke-width": 3 };
    drawn.push(element("line", { ...bar, x1: low, x2: high, y1: y, y2: y }));
    for (const end of [low, high])
      drawn.push(element("line", { ...bar, x1: end, x2: end, y1: y - 5, y2: y + 5 }));
  }
  const taken = new Map<number, number>();
  for (const value of [...values].sort((a, b) => a - b)) {
    const at = x.place(value);
    if (at === null) continue;
    const bin = Math.round(at / (2 * DOT));
    const before = taken.get(bin) ?? 0;
    taken.set(bin, before + 1);
    // first above the line, so that the interval is not hidden, then to both sides in turn
    const aside =
      Math.min(10, 6 + STEP_ASIDE * Math.floor(before / 2)) * (before % 2 === 0 ? -1 : 1);
    const title = element("title", {}, escape(`${name}: ${x.say(value)}`));
    const place = { cx: at, cy: y + aside, r: DOT };
    drawn.push(element("circle", { class: `${dots.colour} fill`, ...place }, title));
  }
  const centre = mean === undefined ? null : x.place(mean);
  if (centre !== null) drawn.push(markAt(centre, y, { ...middle, mark: lookOf(3).mark }));
  return drawn.join("");
}
