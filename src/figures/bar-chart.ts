/** Amounts as bars from 0 on, whole or in parts, and how numbers are spread. */
import { reject } from "../tensor/index.js";
import { type Axis, scaleOf } from "./axis.js";
import { type FigureOptions, frame, shortTextAt, widthOf } from "./frame.js";
import { legendRows, lookOf, SAMPLE } from "./legend.js";
import { formatNumber } from "./numbers.js";
import {
  ABOVE,
  type Area,
  BELOW,
  horizontalAxis,
  verticalAxis,
  widthOfTicks,
} from "./plot-area.js";
import { element, escape } from "./svg.js";
import { LINE_HEIGHT, textWidth } from "./text.js";

/** One bar, whole or in parts. */
export interface Bar {
  /** Its label, at its left. */
  readonly name: string;
  /** A number for each part, 0 or above. */
  readonly values: readonly number[];
  /** What stands at its end; the sum if left out. */
  readonly text?: string;
}

/** What {@link barChart} draws. */
export interface BarChartOptions extends FigureOptions {
  /** The axis below all bars; it begins at 0 unless it has a domain. */
  readonly x: Axis;
  /** What the parts of every bar are called, in their order; one that is "" for whole bars. */
  readonly parts: readonly string[];
  /** At least one, from top to bottom; each with a number for each part. */
  readonly bars: readonly Bar[];
}

const [ROW, THICK] = [26, 14];
const NAME_SHARE = 0.42;

/**
 * Bars below each other, each with its name and its sum.
 *
 * @returns an SVG that stands alone
 * @throws InputError when title or description are missing, the width is not from 200 to 4000
 *   pixels, there is no bar, a bar has not as many numbers as there are parts, or one is not finite
 *   or below 0
 */
export function barChart(options: BarChartOptions): string {
  const where = "barChart";
  const width = widthOf(where, options);
  const { bars, parts } = options;
  checkBars(where, options);
  const sums = bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const texts = bars.map(({ text }, b) => text ?? formatNumber(sums[b]!));
  const widest = (all: readonly string[]): number =>
    Math.ceil(all.reduce((most, text) => Math.max(most, textWidth(text)), 0));
  const names = Math.min(widest(bars.map(({ name }) => name)), Math.floor(NAME_SHARE * width));
  const entries = parts.map((name, p) => ({
    name,
    sample: (x: number, y: number) =>
      element("rect", {
        class: `${lookOf(p).colour} fill`,
        x,
        y: y - 6,
        width: SAMPLE,
        height: 12,
      }),
  }));
  const legend = legendRows(parts.length > 1 ? entries : [], width);
  const top = legend.height + 4;
  const area: Area = {
    left: names + 14,
    right: width - Math.min(widest(texts), Math.floor(NAME_SHARE * width)) - 12,
    top,
    bottom: top + bars.length * ROW,
  };
  const most = sums.reduce((a, b) => Math.max(a, b), 0);
  const x = scaleOf(
    where,
    options.x,
    [0, most > 0 ? most : 1],
    [area.left, area.right],
    Math.floor((area.right - area.left) / 64),
  );
  const rows = bars.flatMap(({ name, values }, b) => {
    const y = top + b * ROW + (ROW - THICK) / 2;
    let from = 0;
    const pieces = values.map((value, p) => {
      const [left, right] = [x.place(from)!, x.place((from += value)) ?? area.right];
      const box = { x: left, y, width: Math.max(0, right - left), height: THICK };
      const title = `${name}${parts[p] === "" ? "" : `, ${parts[p]}`}: ${formatNumber(value)}`;
      const attributes = { class: `${lookOf(p).colour} fill edge`, ...box };
      return element("rect", attributes, element("title", {}, escape(title)));
    });
    const end = (x.place(sums[b]!) ?? area.right) + 6;
    return [
      shortTextAt(area.left - 8, y + 11, name, names, { "text-anchor": "end" }),
      ...pieces,
      shortTextAt(end, y + 11, texts[b]!, width - 4 - end, { class: "halo" }),
    ];
  });
  const content = [...legend.content, ...horizontalAxis(x, area, width), ...rows];
  return frame(options, { width, height: area.bottom + BELOW + 2, content });
}

function checkBars(where: string, { bars, parts }: BarChartOptions): void {
  if (bars.length === 0) reject(where, "at least one bar", "none");
  for (const { name, values } of bars) {
    if (values.length !== parts.length)
      reject(where, `${parts.length} numbers in bar "${name}"`, String(values.length));
    for (const value of values)
      if (!(Number.isFinite(value) && value >= 0))
        reject(where, `numbers from 0 on in bar "${name}"`, String(value));
  }
}

/** What {@link histogram} draws. */
export interface HistogramOptions extends FigureOptions {
  /** The axis of the numbers; its ends are those of the intervals. */
  readonly x: Axis;
  /** In any order. Those that have no place on the axis are left out. */
  readonly values: ArrayLike<number>;
  /** How many intervals of the same width, a whole number ≥ 1; 30 if left out. */
  readonly bins?: number;
  /** Of the plot, in pixels; two fifths of the width, but at most 260, if left out. */
  readonly height?: number;
}

/**
 * How many of the numbers lie in each of some intervals; those that are not finite are left out,
 * and a line says so.
 *
 * @returns an SVG that stands alone
 * @throws InputError when title or description are missing, the width is not from 200 to 4000
 *   pixels, there is no bin, or no number has a place
 */
export function histogram(options: HistogramOptions): string {
  const where = "histogram";
  const width = widthOf(where, options);
  const { values, bins = 30, height = Math.round(Math.min(260, 0.4 * width)) } = options;
  if (!(Number.isInteger(bins) && bins >= 1)) reject(where, "at least one bin", String(bins));
  const all = Array.from(values);
  const bottom = ABOVE + height;
  const left = LINE_HEIGHT + textWidth(formatNumber(all.length));
  const x = scaleOf(where, options.x, all, [left, width - 12], Math.floor(width / 80));
  const places = all.map((value) => x.place(value)).filter((place) => place !== null);
  const counts = new Array<number>(bins).fill(0);
  const bin = (width - 12 - left) / bins;
  for (const place of places) counts[Math.min(bins - 1, Math.floor((place - left) / bin))]!++;
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const label = { label: `how many of ${formatNumber(places.length, 9)}` };
  const y = scaleOf(where, label, [0, most], [bottom, ABOVE], Math.floor(height / 34));
  const area: Area = {
    left: Math.max(left, widthOfTicks([])),
    right: width - 12,
    top: ABOVE,
    bottom,
  };
  const lost = all.length - places.length;
  return frame(options, {
    width,
    height: bottom + BELOW + 2,
    content: [
      ...verticalAxis(y, area),
      ...horizontalAxis(x, area, width),
      ...counts.map((count, b) => {
        const top = y.place(count)!;
        const box = { x: left + b * bin + 0.5, y: top, width: bin - 1, height: bottom - top };
        return count === 0 ? "" : element("rect", { class: "s0 fill", ...box });
      }),
    ],
    remarks: lost === 0 ? [] : [`${lost} of ${all.length} not ${x.missing}, left out.`],
  });
}
