/** A gradient as a picture: a square for each entry, coloured by its relative error. */
import { scaleDivergingLog, scaleLog } from "d3-scale";
import { interpolateRdYlBu } from "d3-scale-chromatic";
import { element, escape, powerOfTen } from "../../figures/index.js";
import type { EntryCheck, GradientCheckResult } from "../../gradcheck/index.js";
import { formatShape, sizeOf } from "../../tensor/index.js";

/**
 * The range of relative errors that is told apart: below is exact to rounding, above is plain
 * wrong.
 */
const ERROR_RANGE = [1e-16, 1] as const;

/** From blue, exact, over pale yellow, just within the tolerance, to red, wrong. */
function errorColour(relativeError: number, tolerance: number): string {
  const scale = scaleDivergingLog((share) => interpolateRdYlBu(1 - share))
    .domain([ERROR_RANGE[0], tolerance, ERROR_RANGE[1]])
    .clamp(true);
  return scale(Math.min(ERROR_RANGE[1], Math.max(ERROR_RANGE[0], relativeError)));
}

/** The widest picture, in pixels. */
const WIDTH = 460;
const GAP = 8;
/** All squares together should not take much more, in square pixels. */
const AREA = 60_000;
const [LARGEST_CELL, SMALLEST_CELL] = [36, 5];

/**
 * The last two axes make a block, and the blocks of the other axes follow each other, row by row. A
 * sample is one row of squares, since most of its neighbours are missing.
 */
export function heatMap(
  { shape, checks, argument }: GradientCheckResult,
  tolerance: number,
): string {
  const isSample = checks.length < sizeOf(shape);
  const [rows, columns] = isSample ? [1, checks.length] : [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const blocks = Math.ceil(checks.length / (rows * columns));
  // Cells so large that the blocks fill few lines, and no block is wider than the picture.
  const cell = Math.max(
    SMALLEST_CELL,
    Math.min(
      LARGEST_CELL,
      Math.floor(WIDTH / columns),
      Math.floor(Math.sqrt(AREA / checks.length)),
    ),
  );
  const [blockWidth, blockHeight] = [columns * cell, rows * cell];
  const perLine = Math.max(1, Math.floor((WIDTH + GAP) / (blockWidth + GAP)));
  const cells = checks.map((check, entry) => {
    const block = Math.floor(entry / (rows * columns));
    const inBlock = entry % (rows * columns);
    const x = (block % perLine) * (blockWidth + GAP) + (inBlock % columns) * cell;
    const y =
      Math.floor(block / perLine) * (blockHeight + GAP) + Math.floor(inBlock / columns) * cell;
    return element(
      "rect",
      { x, y, width: cell - 1, height: cell - 1, fill: fillOf(check, tolerance) },
      element("title", {}, escape(describe(check))),
    );
  });
  const width = Math.min(blocks, perLine) * (blockWidth + GAP) - GAP;
  const height = Math.ceil(blocks / perLine) * (blockHeight + GAP) - GAP;
  return element(
    "svg",
    {
      class: "map",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": `relative error of each entry of the gradient of ${argument}`,
    },
    cells,
  );
}

function fillOf({ verdict, relativeError }: EntryCheck, tolerance: number): string {
  return verdict === "kink"
    ? "url(#kink)"
    : verdict === "noise" || verdict === "domain"
      ? "url(#noise)"
      : errorColour(relativeError, tolerance);
}

function describe({
  index,
  verdict,
  analytic,
  numeric,
  errorEstimate,
  relativeError,
  flipped,
}: EntryCheck): string {
  const lines = [
    `${formatShape(index)}  ${verdict}`,
    `backward ${analytic}`,
    `measured ${numeric} ± ${errorEstimate.toExponential(0)}`,
    `relative error ${relativeError.toExponential(1)}`,
  ];
  return [...lines, ...(flipped === null ? [] : [flipped])].join("\n");
}

/** Patterns that the maps use, once in the page. */
export const PATTERNS = element(
  "svg",
  { width: 0, height: 0, class: "patterns", "aria-hidden": "true" },
  [
    element(
      "pattern",
      {
        id: "kink",
        width: 5,
        height: 5,
        patternUnits: "userSpaceOnUse",
        patternTransform: "rotate(45)",
      },
      [
        element("rect", { class: "hatch-ground", width: 5, height: 5 }),
        element("rect", { class: "hatch-line", width: 2, height: 5 }),
      ],
    ),
    element("pattern", { id: "noise", width: 4, height: 4, patternUnits: "userSpaceOnUse" }, [
      element("rect", { class: "hatch-ground", width: 4, height: 4 }),
      element("circle", { class: "hatch-line", cx: 2, cy: 2, r: 0.9 }),
    ]),
  ],
);

/** What the colours mean. */
export function legend(tolerance: number): string {
  const [width, height, steps] = [360, 12, 90];
  const x = scaleLog().domain(ERROR_RANGE).range([0, width]);
  const strips = Array.from({ length: steps }, (_, i) => {
    const middle = ((i + 0.5) * width) / steps;
    return element("rect", {
      x: (i * width) / steps,
      y: 0,
      width: width / steps + 0.5,
      height,
      fill: errorColour(x.invert(middle), tolerance),
    });
  });
  const marks = [
    ERROR_RANGE[0],
    1e-12,
    tolerance,
    ...(tolerance < 1e-6 ? [1e-4] : []),
    ERROR_RANGE[1],
  ].map((value) => {
    const [at, isTolerance] = [x(value), value === tolerance];
    const anchor = value === ERROR_RANGE[0] ? "start" : value === ERROR_RANGE[1] ? "end" : "middle";
    const label = element(
      "text",
      { x: at, y: height + 16, "text-anchor": anchor },
      `${powerOfTen(value)}${isTolerance ? " passes" : ""}`,
    );
    return (
      element("line", {
        class: isTolerance ? "tolerance" : null,
        x1: at,
        x2: at,
        y1: isTolerance ? 0 : height,
        y2: height + 4,
      }) + label
    );
  });
  const swatch = (fill: string, label: string): string =>
    element("span", { class: "swatch" }, [
      element("svg", { width: 14, height: 14 }, element("rect", { width: 14, height: 14, fill })),
      ` ${label}`,
    ]);
  return element("div", { class: "legend" }, [
    element(
      "svg",
      {
        class: "scale",
        width,
        height: height + 20,
        viewBox: `0 0 ${width} ${height + 20}`,
        role: "img",
        "aria-label": "colours of the relative error",
      },
      [...strips, ...marks],
    ),
    swatch("url(#kink)", "kink: a choice flips within the step"),
    swatch("url(#noise)", "noise: too imprecise to tell; domain: no finite value a step away"),
  ]);
}
