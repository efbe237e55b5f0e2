/** Curves over a pair of axes, small enough to be a part of a diagram or one of several in it. */
import { reject } from "../tensor/index.js";
import type { Place } from "./diagram.js";
import { textAt } from "./frame.js";
import { formatNumber } from "./numbers.js";
import { element } from "./svg.js";

/** A curve of a {@link plot}. */
export interface PlotCurve {
  /** In the plot's units, from left to right. What lies above or below the plot is left out. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Of the series' colours, from 0 to 5; that of guides if left out. */
  readonly series?: number;
  /** For what is there to compare with. */
  readonly dashed?: boolean;
}

/** A place of a {@link plot} that is marked. */
export interface PlotDot {
  /** In the plot's units. */
  readonly at: readonly [x: number, y: number];
  /** Of the series' colours, from 0 to 5. */
  readonly series: number;
  /** A ring: the curve does not reach this place, or leaves it. */
  readonly hollow?: boolean;
}

/** What {@link plot} draws. */
export interface PlotOptions {
  /** The upper left corner of the plot; ticks are left of it and below. */
  readonly at: Place;
  /** In pixels: [width, height]. */
  readonly size: readonly [number, number];
  /** From the left edge to the right one. */
  readonly x: readonly [number, number];
  /** From the lower edge to the upper one. */
  readonly y: readonly [number, number];
  /** The later ones lie over the earlier ones. */
  readonly curves: readonly PlotCurve[];
  /** On top of the curves; none if left out. */
  readonly dots?: readonly PlotDot[];
  /** Numbers that are written below the plot; none if left out. */
  readonly xTicks?: readonly number[];
  /** Numbers that are written at its left, each with a line across; none if left out. */
  readonly yTicks?: readonly number[];
  /** Above the plot, at its left. */
  readonly title?: string;
}

/** Where (x, y) of the plot is in the diagram. */
export function onPlot({ at, size, x, y }: PlotOptions, across: number, up: number): Place {
  return [
    at[0] + (size[0] * (across - x[0])) / (x[1] - x[0]),
    at[1] + (size[1] * (y[1] - up)) / (y[1] - y[0]),
  ];
}

/**
 * A frame with lines through 0, the curves and the dots.
 *
 * @throws InputError when the ranges do not ascend
 */
export function plot(options: PlotOptions): string {
  const { at, size, x, y, curves, dots = [], xTicks = [], yTicks = [], title } = options;
  if (!(x[0] < x[1] && y[0] < y[1]))
    reject("plot", "ranges from a lower to a higher number", `${x.join()} and ${y.join()}`);
  const small = { style: "font-size:12px", class: "soft" };
  const across = (up: number, name: string): string => {
    const [, height] = onPlot(options, x[0], up);
    return element("line", { class: name, x1: at[0], x2: at[0] + size[0], y1: height, y2: height });
  };
  const upright = (along: number, name: string): string => {
    const [place] = onPlot(options, along, y[0]);
    return element("line", { class: name, x1: place, x2: place, y1: at[1], y2: at[1] + size[1] });
  };
  const holds = ([low, high]: readonly [number, number], value: number): boolean =>
    low < value && value < high;
  return [
    element("rect", {
      class: "grid",
      fill: "none",
      x: at[0],
      y: at[1],
      width: size[0],
      height: size[1],
    }),
    ...yTicks.filter((tick) => holds(y, tick) && tick !== 0).map((tick) => across(tick, "grid")),
    ...(holds(y, 0) ? [across(0, "axis")] : []),
    ...(holds(x, 0) ? [upright(0, "axis")] : []),
    ...xTicks.map((tick) =>
      textAt(onPlot(options, tick, y[0])[0], at[1] + size[1] + 14, formatNumber(tick), {
        ...small,
        "text-anchor": "middle",
      }),
    ),
    ...yTicks.map((tick) =>
      textAt(at[0] - 5, onPlot(options, x[0], tick)[1] + 4, formatNumber(tick), {
        ...small,
        "text-anchor": "end",
      }),
    ),
    ...(title === undefined ? [] : [textAt(at[0], at[1] - 7, title)]),
    ...curves.map((curve) => drawCurve(options, curve)),
    ...dots.map(({ at: place, series, hollow = false }) => {
      const [cx, cy] = onPlot(options, ...place);
      return element("circle", {
        class: hollow ? `s${series} hollow ground` : `s${series} fill`,
        cx,
        cy,
        r: hollow ? 3.5 : 4,
      });
    }),
  ].join("");
}

/** The pieces of a curve that lie in the plot, each cut where it leaves it. */
function drawCurve(options: PlotOptions, { points, series, dashed = false }: PlotCurve): string {
  const [low, high] = options.y;
  let path = "";
  for (let p = 1; p < points.length; p++) {
    const [from, to] = [points[p - 1]!, points[p]!];
    const rise = to[1] - from[1];
    // the shares of the way at which it crosses the lower and the upper edge
    const [first, second] =
      rise === 0 ? [-Infinity, Infinity] : [(low - from[1]) / rise, (high - from[1]) / rise];
    if (rise === 0 && !(low <= from[1] && from[1] <= high)) continue;
    const begin = Math.max(0, Math.min(first, second));
    const end = Math.min(1, Math.max(first, second));
    if (!(begin < end)) continue;
    const place = (share: number): string =>
      onPlot(options, from[0] + share * (to[0] - from[0]), from[1] + share * rise)
        .map((at) => Number(at.toFixed(1)))
        .join(" ");
    path += path === "" || begin > 0 || p === 1 ? `M${place(begin)}` : "";
    path += `L${place(end)}`;
  }
  return element("path", {
    class: `${series === undefined ? "guide" : `s${series}`} line`,
    d: path,
    "stroke-dasharray": dashed ? "4 3" : null,
  });
}
