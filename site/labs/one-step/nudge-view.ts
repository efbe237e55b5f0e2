/** Drag a weight: the real change of the loss beside what its gradient foresees. */
import { html, nothing, svg, type TemplateResult } from "lit-html";
import { slider } from "../frame/controls.js";
import { fullNumber, shortNumber } from "../frame/short-number.js";
import { addressOf, written } from "./address.js";
import type { NudgeNumbers } from "./compute.js";
import { startShapes } from "./networks.js";
import { nameOf, placeOf } from "./names.js";
import type { Scene } from "./scene.js";
import { tensorGrids } from "./tensor-grids.js";

const REACH = 4;
const [WIDTH, HEIGHT, EDGE] = [360, 220, 34];

export function nudgeView(scene: Scene): TemplateResult {
  const { lab, numbers, state } = scene;
  const { nudge } = numbers;
  if (nudge === null) return html`<p>The engine is on its way.</p>`;
  const chosen = addressOf(state.nudged)!;
  return html`<section class="nudge" aria-label="Nudge">
    <h2>Nudge ${placeOf(scene, nudge)}</h2>
    ${slider({
      label: `Δ, added to ${shortNumber(nudge.value)}`,
      name: "nudge",
      value: lab.state.delta,
      least: -REACH,
      most: REACH,
      step: 0.01,
      onInput: (delta, group) => lab.set({ delta }, { group }),
    })}
    <div class="nudge-pair">
      ${isFinite(nudge) ? curve(scene, nudge) : notFinite} ${comparison(scene, nudge)}
    </div>
    <h3>Choose another number</h3>
    <div class="grids">
      ${[...startShapes(state.network).keys()].map((tensor) =>
        tensorGrids(scene, tensor, {
          chosen: chosen.tensor === tensor ? chosen.index : -1,
          onPick: (index) => lab.set({ nudged: written({ tensor, index }) }),
        }),
      )}
    </div>
  </section>`;
}

/** Whether there is a curve to draw: the loss, its slope, and where the nudge leads. */
const isFinite = ({ loss, slope, now }: NudgeNumbers): boolean =>
  [loss, slope, now.loss, now.predicted].every(Number.isFinite);

const notFinite = html`<p>The loss or its slope is not a finite number: there is no curve.</p>`;

function comparison(scene: Scene, nudge: NudgeNumbers): TemplateResult {
  const { now, loss, slope, gradient, tensor, index } = nudge;
  const real = now.loss - loss;
  const foreseen = now.predicted - loss;
  const { delta, switched } = now;
  const name = placeOf(scene, { tensor: gradient, index });
  const why = !isFinite(nudge)
    ? "With numbers that are not finite there is nothing to compare."
    : delta === 0
      ? "Without a nudge there is nothing to compare."
      : switched > 0
        ? `On the way, ${switched} rectifier${switched === 1 ? " or pooling" : "s or poolings"} ` +
          `${switched === 1 ? "decides" : "decide"} otherwise than before. At each of these ` +
          "kinks the slope changes, and the tangent does not know of it."
        : "No rectifier and no pooling decides otherwise. What is left is the curve of the " +
          "softmax: the gradient is its slope here, and the slope changes on the way.";
  return html`<div class="comparison">
    <table>
      <tbody>
        <tr>
          <th scope="row">loss without the nudge</th>
          <td>${fullNumber(loss)}</td>
        </tr>
        <tr>
          <th scope="row">loss with it, computed anew</th>
          <td>${fullNumber(now.loss)}</td>
        </tr>
        <tr class="real">
          <th scope="row">● real change</th>
          <td>${fullNumber(real)}</td>
        </tr>
        <tr class="foreseen">
          <th scope="row">○ foreseen, ${nameOf(gradient)} · Δ</th>
          <td>${fullNumber(foreseen)}</td>
        </tr>
        <tr>
          <th scope="row">they part by</th>
          <td>${shortNumber(real - foreseen)}</td>
        </tr>
      </tbody>
    </table>
    <p>${name} is ${fullNumber(slope)}, and Δ is ${fullNumber(delta)}.</p>
    <p aria-live="polite">${why}</p>
    ${tensor === "x" ? html`<p>Its gradient is dX.</p>` : nothing}
  </div>`;
}

/** The loss along the nudge with its tangent; the point can be dragged. */
function curve({ lab }: Scene, { curve: points, now, loss }: NudgeNumbers): TemplateResult {
  const values = points.map((one) => one.loss).filter(Number.isFinite);
  const low = Math.min(loss, ...values);
  const high = Math.max(loss, ...values);
  const room = high === low ? 1 : (high - low) * 0.15;
  const xOf = (delta: number): number =>
    EDGE + ((delta + REACH) / (2 * REACH)) * (WIDTH - EDGE - 8);
  const yOf = (value: number): number =>
    8 + ((high + room - value) / (high - low + 2 * room)) * (HEIGHT - 40);
  const path = (of: readonly (readonly [number, number])[]): string =>
    of
      .map(([x, y], i) => `${i === 0 ? "M" : "L"}${xOf(x).toFixed(1)} ${yOf(y).toFixed(1)}`)
      .join("");
  const drag = (event: PointerEvent): void => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH;
    const delta = ((x - EDGE) / (WIDTH - EDGE - 8)) * 2 * REACH - REACH;
    const rounded = Math.round(Math.max(-REACH, Math.min(REACH, delta)) * 100) / 100;
    lab.set({ delta: rounded }, { group: "drag nudge" });
  };
  const real = points.filter((one) => Number.isFinite(one.loss));
  const kinks = points.filter((one, i) => i > 0 && one.switched !== points[i - 1]!.switched);
  return html`<figure class="nudge-curve">
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="The loss for every nudge from −4 to 4, with its tangent"
      @pointerdown=${drag}
      @pointermove=${drag}
    >
      <clipPath id="nudge-room">
        <rect x=${EDGE} y="8" width=${WIDTH - EDGE - 8} height=${HEIGHT - 40} />
      </clipPath>
      <rect class="ground" x=${EDGE} y="8" width=${WIDTH - EDGE - 8} height=${HEIGHT - 40} />
      <g clip-path="url(#nudge-room)">
        ${kinks.map(
          ({ delta }) =>
            svg`<line
              class="kink"
              x1=${xOf(delta - 0.05)}
              x2=${xOf(delta - 0.05)}
              y1=${HEIGHT - 40}
              y2=${HEIGHT - 32}
            />`,
        )}
        <line class="zero" x1=${xOf(0)} x2=${xOf(0)} y1="8" y2=${HEIGHT - 32} />
        <path class="tangent" d=${path(real.map(({ delta, predicted }) => [delta, predicted]))} />
        <path class="loss" d=${path(real.map((one) => [one.delta, one.loss]))} />
        <line
          class="gap"
          x1=${xOf(now.delta)}
          x2=${xOf(now.delta)}
          y1=${yOf(now.loss)}
          y2=${yOf(now.predicted)}
        />
        <circle class="hollow" cx=${xOf(now.delta)} cy=${yOf(now.predicted)} r="4" />
        <circle class="now" cx=${xOf(now.delta)} cy=${yOf(now.loss)} r="5" />
      </g>
      ${[-4, -2, 0, 2, 4].map(
        (tick) =>
          svg`<text x=${xOf(tick)} y=${HEIGHT - 16} text-anchor="middle">
            ${shortNumber(tick)}
          </text>`,
      )}
      <text x=${WIDTH - 8} y=${HEIGHT - 2} text-anchor="end">Δ</text>
      <text x="2" y=${yOf(high) + 4}>${shortNumber(Number(high.toPrecision(2)))}</text>
      <text x="2" y=${yOf(low) + 4}>${shortNumber(Number(low.toPrecision(2)))}</text>
    </svg>
    <figcaption>
      The loss (line, ●) and its tangent at 0 (dashed, ○). Small marks below: kinks.
    </figcaption>
  </figure>`;
}
