/** Curves over a grid: what changes with time, with a step, with a size. */
import { area as bandOf, line } from "d3-shape";
import { reject } from "../tensor/index.js";
import { type Axis, type Scale, scaleOf } from "./axis.js";
import { type FigureOptions, frame, shortTextAt, widthOf } from "./frame.js";
import {
  guideLook,
  type LegendEntry,
  legendRows,
  lineSample,
  type Look,
  lookOf,
  markAt,
  pushApart,
  SAMPLE,
  segment,
} from "./legend.js";
import {
  ABOVE,
  type Area,
  BELOW,
  horizontalAxis,
  verticalAxis,
  widthOfTicks,
} from "./plot-area.js";
import { element, escape } from "./svg.js";
import { textWidth } from "./text.js";
import { thinned } from "./thin.js";

/** A place in the units of the axes. A y that has no place there, such as NaN, leaves a gap. */
export type Point = readonly [x: number, y: number];

/**
 * One thing that is drawn: a line, and what belongs to it, in one colour. One of its parts has to
 * have something in it.
 */
export interface Series {
  /** In the legend; "" for none where there is only one. */
  readonly name: string;
  /** The line. */
  readonly points?: readonly Point[];
  /** A band around it, such as an interval of confidence. */
  readonly interval?: readonly (readonly [x: number, low: number, high: number])[];
  /** Thin lines around it: single runs, of which it is the mean. */
  readonly runs?: readonly (readonly Point[])[];
  /** Marks, each with a text that is shown when one points at it. */
  readonly dots?: readonly (readonly [x: number, y: number, title?: string])[];
  /** Whether it is only there to compare with: a bound, or what chance would do. */
  readonly isGuide?: boolean;
}

/** A dotted line across the plot, at one number of an axis. */
export interface AxisRule {
  /** Which axis the number is of: "x" for an upright line. */
  readonly axis: "x" | "y";
  /** In the unit of the axis. */
  readonly at: number;
  /** In the legend; rules of one name have one entry. */
  readonly name: string;
}

/** What {@link lineChart} draws. */
export interface LineChartOptions extends FigureOptions {
  /** The axis below the plot. It ends where the numbers do. */
  readonly x: Axis;
  /** The axis at its left. It ends with round numbers. */
  readonly y: Axis;
  /** At least one. Later ones lie above. */
  readonly series: readonly Series[];
  /** None if left out. */
  readonly rules?: readonly AxisRule[];
  /** Of the plot, in pixels; half of the width, but at most 300, if left out. */
  readonly height?: number;
}

/** From one label at the end of a line to the next. */
const APART = 15;
/** A longer line is thinned out: see {@link thinned}. */
const STRETCH = 2;

/**
 * Lines, bands and marks. Points that have no place, such as NaN, are a gap, and a line below the
 * plot says so, as it says where a line has more points than are drawn.
 *
 * @returns an SVG that stands alone
 * @throws InputError when title or description are missing, the width is not from 200 to 4000
 *   pixels, a series has nothing to draw, an x is not finite, or nothing has a place
 */
export function lineChart(options: LineChartOptions): string {
  const where = "lineChart";
  const width = widthOf(where, options);
  const { series, rules = [], height = Math.round(Math.min(300, 0.5 * width)) } = options;
  checkSeries(where, series);
  const drawn = series.map((one, i) => ({ one, look: lookAt(series, i) }));
  const labels = endLabels(drawn, width, height);
  const entries = [
    ...(labels === null && (series.length > 1 || series[0]!.name !== "")
      ? drawn.map(({ one, look }) => entryOf(one, look))
      : []),
    ...ruleEntries(rules),
  ];
  const legend = legendRows(entries, width);
  const top = legend.height + ABOVE;
  const values = {
    x: rules.filter(({ axis }) => axis === "x").map(({ at }) => at),
    y: valuesOf(series, 1),
  };
  const y = scaleOf(
    where,
    options.y,
    chained(
      values.y,
      rules.filter(({ axis }) => axis === "y").map(({ at }) => at),
    ),
    [top + height, top],
    Math.floor(height / 34),
  );
  const area: Area = {
    left: Math.max(16, widthOfTicks(y.ticks)),
    right: width - (labels === null ? 10 : labels.width),
    top,
    bottom: top + height,
  };
  const x = scaleOf(
    where,
    options.x,
    chained(values.x, valuesOf(series, 0)),
    [area.left, area.right],
    Math.floor((area.right - area.left) / 64),
    true,
  );
  const thin = drawn.map(({ one, look }) => ({ look, one: drawnOf(one, y, area) }));
  return frame(options, {
    width,
    height: area.bottom + BELOW + 2,
    content: [
      ...legend.content,
      ...verticalAxis(y, area),
      ...horizontalAxis(x, area, width),
      ...rules.map((rule) => ruleLine(rule, x, y, area)),
      ...drawn.map(({ one, look }) => bands(one, look, x, y)),
      ...thin.map(({ one, look }) => lines(one, look, x, y)),
      ...drawn.map(({ one, look }) => marks(one, look, x, y)),
      ...(labels?.draw(x, y, area) ?? []),
    ],
    remarks: [...missing(series, x, y), ...leftOut(series, thin)],
  });
}

interface Drawn {
  readonly one: Series;
  readonly look: Look;
}

function checkSeries(where: string, series: readonly Series[]): void {
  if (series.length === 0) reject(where, "at least one series", "none");
  for (const one of series) {
    const { name, points = [], interval = [], runs = [], dots = [] } = one;
    if ([points, interval, dots, ...runs].every((all) => all.length === 0))
      reject(where, `points in series "${name}"`, "none");
    for (const [x] of [...points, ...interval, ...dots, ...runs.flat()])
      if (!Number.isFinite(x)) reject(where, `finite x in series "${name}"`, String(x));
  }
}

/** Guides are not counted: whether there are any changes no colour. */
function lookAt(series: readonly Series[], i: number): Look {
  if (series[i]!.isGuide) return guideLook;
  return lookOf(series.slice(0, i).filter(({ isGuide }) => !isGuide).length);
}

function entryOf(
  { name, points = [], runs = [], interval = [], dots = [] }: Series,
  look: Look,
): LegendEntry {
  const hasLine = points.length + runs.length > 0 || dots.length === 0;
  const sample = lineSample(look, hasLine, dots.length > 0);
  const band = (x: number, y: number): string =>
    interval.length === 0
      ? ""
      : element("rect", { class: `${look.colour} band`, x, y: y - 6, width: SAMPLE, height: 12 });
  return { name, sample: (x, y) => band(x, y) + sample(x, y) };
}

function ruleEntries(rules: readonly AxisRule[]): LegendEntry[] {
  return [...new Map(rules.map((rule) => [rule.name, rule]))].map(([name, { axis }]) => ({
    name,
    sample: (x, y) => {
      const middle = x + SAMPLE / 2;
      const ends =
        axis === "x"
          ? { x1: middle, x2: middle, y1: y - 7, y2: y + 7 }
          : { x1: x, x2: x + SAMPLE, y1: y, y2: y };
      return element("line", { class: "rule", ...ends });
    },
  }));
}

function ruleLine({ axis, at }: AxisRule, x: Scale, y: Scale, area: Area): string {
  const place = (axis === "x" ? x : y).place(at);
  if (place === null) return "";
  const ends =
    axis === "x"
      ? { x1: place, x2: place, y1: area.top, y2: area.bottom }
      : { x1: area.left, x2: area.right, y1: place, y2: place };
  return element("line", { class: "rule", ...ends });
}

/** All numbers of one axis. */
function* valuesOf(series: readonly Series[], axis: 0 | 1): Iterable<number> {
  for (const { points = [], interval = [], runs = [], dots = [] } of series) {
    for (const point of points) yield point[axis];
    for (const run of runs) for (const point of run) yield point[axis];
    for (const dot of dots) yield dot[axis];
    for (const [x, low, high] of interval)
      if (axis === 0) yield x;
      else yield* [low, high];
  }
}

function* chained(...all: readonly Iterable<number>[]): Iterable<number> {
  for (const values of all) yield* values;
}

function bands({ interval = [] }: Series, { colour }: Look, x: Scale, y: Scale): string {
  if (interval.length === 0) return "";
  const path = bandOf<readonly [number, number, number]>(
    ([at]) => x.place(at)!,
    ([, low]) => y.place(low)!,
    ([, , high]) => y.place(high)!,
  )
    .defined(([at, low, high]) =>
      [x.place(at), y.place(low), y.place(high)].every((p) => p !== null),
    )
    .digits(1);
  return element("path", { class: `${colour} band`, d: path(interval) ?? "" });
}

/** The series with as many points as can be told apart. */
function drawnOf(one: Series, y: Scale, { left, right }: Area): Series {
  const thin = (points: readonly Point[]): readonly Point[] =>
    thinned(points, Math.ceil((right - left) / STRETCH), (value) => y.place(value) !== null);
  const { points = [], runs = [] } = one;
  return { ...one, points: thin(points), runs: runs.map(thin) };
}

/** How many points of lines are not drawn, where there are any. */
function leftOut(series: readonly Series[], thin: readonly Drawn[]): string[] {
  const count = (all: readonly Series[]): number =>
    all.reduce(
      (sum, { points = [], runs = [] }) =>
        runs.reduce((more, run) => more + run.length, sum + points.length),
      0,
    );
  const [all, shown] = [count(series), count(thin.map(({ one }) => one))];
  if (shown === all) return [];
  const number = (value: number): string => value.toLocaleString("en-US");
  return [
    `${number(shown)} of ${number(all)} points are drawn, with the lowest and highest of each ` +
      "stretch.",
  ];
}

function lines({ points = [], runs = [] }: Series, look: Look, x: Scale, y: Scale): string {
  const path = line<Point>(
    ([at]) => x.place(at)!,
    ([, value]) => y.place(value)!,
  )
    .defined(([at, value]) => x.place(at) !== null && y.place(value) !== null)
    .digits(1);
  const { colour, dashes } = look;
  const thin = runs
    .filter((run) => run.length > 0)
    .map((run) => element("path", { class: `${colour} line run`, d: path(run) ?? "" }));
  const thick = {
    class: `${colour} line`,
    "stroke-dasharray": dashes,
    d: points.length === 0 ? "" : (path(points) ?? ""),
  };
  return thin.join("") + (points.length === 0 ? "" : element("path", thick));
}

function marks({ dots = [] }: Series, look: Look, x: Scale, y: Scale): string {
  return dots
    .map(([at, value, title]) => {
      const [left, top] = [x.place(at), y.place(value)];
      if (left === null || top === null) return "";
      const said = title === undefined ? "" : element("title", {}, escape(title));
      return markAt(left, top, look, said);
    })
    .join("");
}

/** What was left out, a line for each series that lacks something. */
function missing(series: readonly Series[], x: Scale, y: Scale): string[] {
  return series.flatMap(({ name, points = [], runs = [], dots = [], interval = [], isGuide }) => {
    if (isGuide) return [];
    const all: (readonly number[])[] = [
      ...[...points, ...runs.flat()].map(([at, value]) => [at, value]),
      ...dots.map(([at, value]) => [at, value]),
      ...interval.map(([at, low, high]) => [at, low, high]),
    ];
    const count = (scale: Scale, from: number, to: number): number =>
      all.filter((numbers) => numbers.slice(from, to).some((value) => scale.place(value) === null))
        .length;
    const say = (scale: Scale, lost: number): string[] =>
      lost === 0
        ? []
        : [
            `${name === "" ? "" : `${name}: `}${lost} ${lost === 1 ? "value" : "values"} not ` +
              `${scale.missing}, left out.`,
          ];
    return [...say(x, count(x, 0, 1)), ...say(y, count(y, 1, 3))];
  });
}

interface EndLabels {
  readonly width: number;
  draw(x: Scale, y: Scale, area: Area): readonly string[];
}

/** The largest share of a figure's width that labels at the ends of lines may take. */
const LABEL_SHARE = 0.3;
const LEADER = 18;

/**
 * Names beside the ends of lines, where all lines end at the same x and the names are short enough;
 * else null, and a legend takes their place.
 */
function endLabels(drawn: readonly Drawn[], width: number, height: number): EndLabels | null {
  const ends = drawn.map(({ one }) => one.points?.at(-1));
  const [first] = ends;
  const widest = drawn.reduce((most, { one }) => Math.max(most, textWidth(one.name)), 0);
  const needs = Math.ceil(widest) + LEADER + 8;
  const fits =
    first !== undefined &&
    drawn.length <= 5 &&
    (drawn.length - 1) * APART <= height - 8 &&
    drawn.some(({ one }) => one.name !== "") &&
    ends.every((end) => end !== undefined && end[0] === first[0] && Number.isFinite(end[1])) &&
    needs <= LABEL_SHARE * width;
  if (!fits || width < 480) return null;
  return {
    width: needs,
    draw: (x, y, area) => {
      const at = ends.map((end) => y.place(end![1]) ?? area.top);
      const places = pushApart(at, APART, area.top + 4, area.bottom - 4);
      return drawn.flatMap(({ one, look }, i) => {
        const left = x.place(ends[i]![0]) ?? area.right;
        const middle = places[i]!;
        const leader = { x1: left + 4, x2: left + LEADER - 2, y1: at[i]!, y2: middle };
        return [
          segment(look, leader),
          shortTextAt(left + LEADER + 2, middle + 4, one.name, width - left - LEADER - 4),
        ];
      });
    },
  };
}
