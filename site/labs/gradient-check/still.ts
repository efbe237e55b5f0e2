/** What is seen without script: one gradient twice, and the V. */
import { lineChart, type Point } from "leibniz/figures";
import { initialState } from "../frame/fields.js";
import { shortNumber } from "../frame/short-number.js";
import { compute, type Line } from "./compute.js";
import { fields, type State } from "./state.js";
import { placeOf } from "./tensor-grid.js";
import { power } from "./words.js";

const TITLE = "The error of a measured gradient against the step, on logarithmic axes";

export async function still(): Promise<string> {
  const start = initialState(fields);
  const right = await compute(start);
  const wrong = await compute({ ...start, mistake: "turned" } as State);
  const [x] = right.inputs;
  const [H, W] = x!.shape.slice(-2) as [number, number];
  return [
    "<p>A convolution of a 4×5 image with two filters of 3×2, checked at random numbers. The",
    "image:</p>",
    table(x!.data.map(shortNumber), H, W),
    "<p>Its gradient dX as backward returns it, and as it is measured with the steps",
    `h = ${power(right.step)} and h/2:</p>`,
    pair(right.lines[0]!, H, W),
    `<p>${saysOf(right.lines[0]!)}</p>`,
    "<p>Now backward turns the filters by half a turn:</p>",
    pair(wrong.lines[0]!, H, W),
    `<p>${saysOf(wrong.lines[0]!)}</p>`,
    await picture(start),
  ].join("\n");
}

function saysOf({ gradient, verdict, error, worst }: Line): string {
  return (
    `${gradient}: <strong>${verdict}</strong>, with a relative error of ${power(error)} at the ` +
    `worst entry, ${placeOf(worst)}.`
  );
}

const pair = ({ checks }: Line, H: number, W: number): string =>
  table(
    checks.map(({ analytic }) => shortNumber(analytic)),
    H,
    W,
    "from backward",
  ) +
  table(
    checks.map(({ numeric }) => shortNumber(numeric)),
    H,
    W,
    "measured",
  );

function table(texts: readonly string[], rows: number, columns: number, caption = ""): string {
  const row = (r: number): string =>
    texts
      .slice(r * columns, (r + 1) * columns)
      .map((text) => `<td>${text}</td>`)
      .join("");
  const body = Array.from({ length: rows }, (_, r) => `<tr>${row(r)}</tr>`).join("\n");
  const title = caption === "" ? "" : `<caption>${caption}</caption>`;
  return `<table class="number-grid">${title}<tbody>${body}</tbody></table>`;
}

async function picture(start: State): Promise<string> {
  const loss = { layer: "softmaxCrossEntropy", outputs: 4, images: 2, view: "step" };
  const { curves } = await compute({ ...start, ...loss } as State);
  const { points } = curves!.float64;
  const along = (of: "central" | "extrapolated" | "rounding"): Point[] =>
    points.map((point) => [point.step, point[of] > 0 ? point[of] : Number.NaN] as const);
  const svg = lineChart({
    title: TITLE,
    description:
      "On logarithmic axes: from the right the error of the central quotient falls with the " +
      "square of the step, turns, and rises again as rounding takes over.",
    width: 420,
    x: { label: "step h", scale: "log" },
    y: { label: "error", scale: "log" },
    series: [
      { name: "D(h)", points: along("central") },
      { name: "(4·D(h/2) − D(h))/3", points: along("extrapolated") },
      { name: "ε·|f|/h", points: along("rounding"), isGuide: true },
    ],
  });
  // a picture of its own: its style is not the page's
  return `<p><img alt="${TITLE}: a V" src="data:image/svg+xml,${encodeURIComponent(svg)}"></p>`;
}
