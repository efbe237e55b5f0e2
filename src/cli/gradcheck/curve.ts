/** The V: how the error of a difference quotient falls with its step, and rises again. */
import { scaleLog } from "d3-scale";
import { line } from "d3-shape";
import type { ErrorAtStep, ErrorCurve } from "../../gradcheck/index.js";
import { element, powerOfTen } from "./svg.js";

const [WIDTH, HEIGHT] = [420, 250];
const MARGIN = { top: 12, right: 12, bottom: 36, left: 46 };
/**
 * Larger errors are drawn at the edge; smaller ones leave a gap, since 0 has no place on a
 * logarithmic axis.
 */
const ERRORS = [1e-17, 10] as const;
const STEPS = [1e-12, 1e-1] as const;

/** @param steps the two steps that the check used: h and h/2 */
export function curvePlot(
  { analytic, points, thirdDerivative }: ErrorCurve,
  steps: readonly [number, number],
): string {
  const x = scaleLog()
    .domain(STEPS)
    .range([MARGIN.left, WIDTH - MARGIN.right]);
  const y = scaleLog()
    .domain(ERRORS)
    .range([HEIGHT - MARGIN.bottom, MARGIN.top])
    .clamp(true);
  const size = Math.abs(analytic) > 0 ? Math.abs(analytic) : 1;
  const place = (error: number): number => y(Number.isFinite(error) ? error / size : ERRORS[1]);
  const path = (name: string, error: (point: ErrorAtStep) => number): string => {
    const drawn = line<ErrorAtStep>(
      (point) => x(point.step),
      (point) => place(error(point)),
    ).defined((point) => !(error(point) / size < ERRORS[0]));
    return element("path", { class: name, d: drawn(points) ?? "" });
  };
  const truncation = ({ step }: ErrorAtStep): number => (step * step * thirdDerivative) / 6;
  const label = (
    point: ErrorAtStep | undefined,
    error: (point: ErrorAtStep) => number,
    anchor: string,
    text: string,
  ): string =>
    point === undefined
      ? ""
      : element(
          "text",
          { class: "name", x: x(point.step), y: place(error(point)) - 7, "text-anchor": anchor },
          text,
        );
  const bottom = HEIGHT - MARGIN.bottom;
  const marks = steps.map((step) =>
    element("line", { class: "chosen", x1: x(step), x2: x(step), y1: MARGIN.top, y2: bottom }),
  );
  const kinks = points
    .filter(({ isKink }) => isKink)
    .map((point) =>
      element(
        "circle",
        { class: "kinked", cx: x(point.step), cy: place(point.central), r: 3 },
        element("title", {}, "a choice flips within this step"),
      ),
    );
  return element(
    "svg",
    {
      class: "curve",
      width: WIDTH,
      height: HEIGHT,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": "relative error of the difference quotient against the step",
    },
    [
      ...axes(x, y),
      ...marks,
      // (gradient-check.9) E(h) = h²/6·|f‴| + ε·|f|/h, each summand a straight line here
      ...(thirdDerivative > 0
        ? [
            path("bound", truncation),
            label(
              points.find((point) => truncation(point) / size < 1e-14),
              truncation,
              "end",
              "h²/6·|f‴|",
            ),
          ]
        : []),
      path("bound", ({ rounding }) => rounding),
      label(points.at(-6), ({ rounding }) => rounding, "start", "ε·|f|/h"),
      path("extrapolated", ({ extrapolated }) => extrapolated),
      path("central", ({ central }) => central),
      ...kinks,
    ],
  );
}

/** The grid with its powers of ten, and the name of the axis of steps. */
function axes(x: (step: number) => number, y: (error: number) => number): string[] {
  const bottom = HEIGHT - MARGIN.bottom;
  return [
    ...[1e-16, 1e-12, 1e-8, 1e-4, 1].map(
      (value) =>
        element("line", {
          class: "grid",
          x1: MARGIN.left,
          x2: WIDTH - MARGIN.right,
          y1: y(value),
          y2: y(value),
        }) +
        element(
          "text",
          { x: MARGIN.left - 6, y: y(value) + 4, "text-anchor": "end" },
          powerOfTen(value),
        ),
    ),
    ...[1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2].map(
      (value) =>
        element("line", { class: "grid", x1: x(value), x2: x(value), y1: MARGIN.top, y2: bottom }) +
        element(
          "text",
          { x: x(value), y: bottom + 15, "text-anchor": "middle" },
          powerOfTen(value),
        ),
    ),
    element(
      "text",
      { x: (MARGIN.left + WIDTH) / 2, y: HEIGHT - 4, "text-anchor": "middle" },
      "step h",
    ),
  ];
}

/** What the lines mean, once for all curves. */
export const CURVE_KEY = element("ul", { class: "key" }, [
  element("li", {}, `${element("i", { class: "central" })} D(h), the central quotient`),
  element("li", {}, `${element("i", { class: "extrapolated" })} (4·D(h/2) − D(h))/3, extrapolated`),
  element("li", {}, `${element("i", { class: "bound" })} the bounds h²/6·|f‴| and ε·|f|/h`),
  element(
    "li",
    {},
    `${element("i", { class: "chosen" })} the steps that the check takes, h and h/2`,
  ),
  element("li", {}, `${element("b", {}, "○")} a choice flips within the step`),
]);
