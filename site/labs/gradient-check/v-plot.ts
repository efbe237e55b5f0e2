/** The V: errors against the step on logarithmic axes, with a step that can be dragged along it. */
import type { ErrorAtStep, ErrorCurve } from "leibniz/gradcheck";
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit-html";
import { power } from "./words.js";

/** In decades. */
const STEPS = [-12, -1] as const;
const ERRORS = [-17, 1] as const;
const WIDTH = 620;
const HEIGHT = 380;
const LEFT = 70;
const TOP = 14;
const BOTTOM = HEIGHT - 52;
const RIGHT = WIDTH - 12;

export interface VPlotData {
  readonly curve: ErrorCurve;
  /** The curve of the other element type, to compare with. */
  readonly other: ErrorCurve;
  readonly otherName: string;
  /** |f‴| */
  readonly thirdDerivative: number;
  /** The step that is chosen. */
  readonly step: number;
  /** Where the chapter expects the turn; null for a function without curvature. */
  readonly turn: number | null;
  /** The step that a pointer has been dragged to, in decades. */
  readonly onStep: (decades: number) => void;
}

const acrossOf = (step: number): number =>
  LEFT + ((Math.log10(step) - STEPS[0]) / (STEPS[1] - STEPS[0])) * (RIGHT - LEFT);

/** Errors beyond the plot lie on its edge; an error of 0 lies at the foot. */
function downOf(error: number): number {
  const decades = Math.log10(Math.max(error, 1e-300));
  const inside = Math.max(ERRORS[0], Math.min(ERRORS[1], decades));
  return BOTTOM - ((inside - ERRORS[0]) / (ERRORS[1] - ERRORS[0])) * (BOTTOM - TOP);
}

type Point = readonly [x: number, y: number];

/** A path that leaves out what is 0 or not finite. */
function pathOf(points: readonly Point[]): string {
  let isNext = false;
  const parts: string[] = [];
  for (const [step, error] of points) {
    const has = error > 0 && Number.isFinite(error);
    if (has)
      parts.push(`${isNext ? "L" : "M"}${acrossOf(step).toFixed(1)} ${downOf(error).toFixed(1)}`);
    isNext = has;
  }
  return parts.join("");
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const tenTo = (decades: number): string =>
  `10${decades < 0 ? "⁻" : ""}` +
  [...String(Math.abs(decades))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");

function axes(): SVGTemplateResult {
  const across = [-12, -10, -8, -6, -4, -2];
  const down = [-16, -13, -10, -7, -4, -1];
  return svg`<g class="axes">
    ${across.map((decades) => {
      const x = acrossOf(10 ** decades);
      return svg`<line x1=${x} x2=${x} y1=${TOP} y2=${BOTTOM} />
        <text x=${x} y=${BOTTOM + 20} text-anchor="middle">${tenTo(decades)}</text>`;
    })}
    ${down.map((decades) => {
      const y = downOf(10 ** decades);
      return svg`<line x1=${LEFT} x2=${RIGHT} y1=${y} y2=${y} />
        <text x=${LEFT - 6} y=${y + 4} text-anchor="end">${tenTo(decades)}</text>`;
    })}
    <text x=${(LEFT + RIGHT) / 2} y=${HEIGHT - 6} text-anchor="middle">step h</text>
  </g>`;
}

function guides({ curve, thirdDerivative, turn }: VPlotData): SVGTemplateResult {
  const cut = curve.points.map(({ step }): Point => [step, (step * step * thirdDerivative) / 6]);
  const rounding = curve.points.map((point): Point => [point.step, point.rounding]);
  return svg`<path class="guide" d=${pathOf(rounding)} />
    <path class="guide" d=${pathOf(cut)} />
    ${
      turn === null ? nothing : svg`<path class="turn" d="M${acrossOf(turn)} ${TOP}V${BOTTOM}" />`
    }`;
}

function marker({ curve, step }: VPlotData): SVGTemplateResult {
  const at = curve.points.reduce((best, one) =>
    Math.abs(Math.log(one.step / step)) < Math.abs(Math.log(best.step / step)) ? one : best,
  );
  const x = acrossOf(at.step);
  return svg`<line class="chosen" x1=${x} x2=${x} y1=${TOP} y2=${BOTTOM} />
    <circle class="central-dot" cx=${x} cy=${downOf(at.central)} r="6" />
    <path class="extrapolated-dot" d="M${x - 5} ${downOf(at.extrapolated) - 5}h10v10h-10z" />`;
}

function kinkMark({ step, central }: ErrorAtStep): SVGTemplateResult {
  return svg`<path class="kink" d="M${acrossOf(step) - 5} ${downOf(central) + 5}l5 -9l5 9z">
    <title>a choice flips within the step ${power(step)}</title>
  </path>`;
}

export function vPlot(data: VPlotData): TemplateResult {
  const { curve, other, otherName, step, onStep } = data;
  const central = curve.points.map((point): Point => [point.step, point.central]);
  const extrapolated = curve.points.map((point): Point => [point.step, point.extrapolated]);
  const others = other.points.map((point): Point => [point.step, point.central]);
  const kinks = curve.points.filter(({ isKink }) => isKink);
  const move = (event: PointerEvent): void => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH;
    onStep(STEPS[0] + ((x - LEFT) / (RIGHT - LEFT)) * (STEPS[1] - STEPS[0]));
  };
  const press = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    move(event);
  };
  return html`<figure class="v">
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="Errors of the difference quotients against the step, on logarithmic axes; at the
        step ${power(step)} the chosen point. The table below has the numbers."
      @pointerdown=${press}
      @pointermove=${move}
    >
      ${axes()} ${guides(data)}
      <path class="other" d=${pathOf(others)} />
      <path class="extrapolated" d=${pathOf(extrapolated)} />
      <path class="central" d=${pathOf(central)} />
      ${kinks.map(kinkMark)}
      ${marker(data)}
    </svg>
    <figcaption>
      <span class="key central">D(h)</span>
      <span class="key extrapolated">(4·D(h/2) − D(h))/3</span>
      <span class="key other">D(h) in ${otherName}</span>
      <span class="key guide">ε·|f|/h and h²/6·|f‴|</span>
      ${kinks.length === 0 ? nothing : html`<span class="key kink">a choice flips</span>`}
    </figcaption>
  </figure>`;
}
