/** A surface seen from above: its contour lines, and paths over it. */
import { reject } from "../tensor/index.js";
import type { Place } from "./diagram.js";
import { element } from "./svg.js";
import { textAt } from "./frame.js";

/** A walk over the surface. */
export interface SurfacePath {
  /** Written where it ends. */
  readonly name: string;
  /** [x, y] in the surface's own units. */
  readonly points: readonly (readonly [number, number])[];
  /** Of the series' colours, from 0 to 5. */
  readonly series: number;
}

/** What {@link contours} draws. */
export interface ContoursOptions {
  /** The upper left corner. */
  readonly at: Place;
  /** In pixels: [width, height]. */
  readonly size: readonly [number, number];
  /** The height at (x, y). */
  readonly surface: (x: number, y: number) => number;
  /** From the left edge to the right one. */
  readonly x: readonly [number, number];
  /** From the lower edge to the upper one. */
  readonly y: readonly [number, number];
  /** The heights of the lines. */
  readonly levels: readonly number[];
  /** None if left out. */
  readonly paths?: readonly SurfacePath[];
}

/** Squares across the surface and down; their edges are looked at for a line's way. */
const SQUARES = 48;

/** Where (x, y) of the surface lies in the diagram. */
export function onSurface({ at, size, x, y }: ContoursOptions, across: number, up: number): Place {
  return [
    at[0] + (size[0] * (across - x[0])) / (x[1] - x[0]),
    at[1] + (size[1] * (y[1] - up)) / (y[1] - y[0]),
  ];
}

/**
 * Lines of equal height, and the paths with their beginnings as rings and a dot for each step.
 *
 * @throws InputError when the ranges do not ascend
 */
export function contours(options: ContoursOptions): string {
  const { at, size, x, y, levels, paths = [] } = options;
  if (!(x[0] < x[1] && y[0] < y[1]))
    reject("contours", "ranges from a lower to a higher number", `${x.join()} and ${y.join()}`);
  const box = { x: at[0], y: at[1], width: size[0], height: size[1] };
  return [
    ...levels.map((level) =>
      element("path", { class: "guide line thin faint", d: contourLine(options, level) }),
    ),
    element("rect", { class: "grid", fill: "none", ...box }),
    ...paths.map((path) => drawPath(options, path)),
  ].join("");
}

function contourLine(options: ContoursOptions, level: number): string {
  const { surface, x, y } = options;
  const step = [(x[1] - x[0]) / SQUARES, (y[1] - y[0]) / SQUARES] as const;
  const place = (i: number, j: number): readonly [number, number] => [
    x[0] + i * step[0],
    y[0] + j * step[1],
  ];
  const heights = Array.from({ length: SQUARES + 1 }, (_, i) =>
    Array.from({ length: SQUARES + 1 }, (_, j) => surface(...place(i, j)) - level),
  );
  const corners = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ] as const;
  let path = "";
  for (let i = 0; i < SQUARES; i++)
    for (let j = 0; j < SQUARES; j++) {
      const crossings: string[] = [];
      for (const [c, [di, dj]] of corners.entries()) {
        const [ei, ej] = corners[(c + 1) % 4]!;
        const [a, b] = [heights[i + di]![j + dj]!, heights[i + ei]![j + ej]!];
        if (a < 0 === b < 0) continue;
        const share = a / (a - b);
        const [from, to] = [place(i + di, j + dj), place(i + ei, j + ej)];
        const between = (axis: 0 | 1): number => from[axis] + share * (to[axis] - from[axis]);
        crossings.push(pixels(onSurface(options, between(0), between(1))));
      }
      for (let c = 0; c + 1 < crossings.length; c += 2)
        path += `M${crossings[c]}L${crossings[c + 1]}`;
    }
  return path;
}

function pixels(place: Place): string {
  return place.map((at) => Number(at.toFixed(1))).join(" ");
}

function drawPath(options: ContoursOptions, { name, points, series }: SurfacePath): string {
  const places = points.map(([across, up]) => onSurface(options, across, up));
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined) return "";
  return [
    element("path", { class: `s${series} line thin`, d: `M${places.map(pixels).join("L")}` }),
    ...places
      .slice(1)
      .map(([cx, cy]) => element("circle", { class: `s${series} fill`, cx, cy, r: 1.8 })),
    element("circle", { class: `s${series} hollow ground`, cx: first[0], cy: first[1], r: 4 }),
    textAt(last[0] + 6, last[1] - 5, name, {
      class: `s${series} fill halo`,
      style: "font-size:12px",
    }),
  ].join("");
}
