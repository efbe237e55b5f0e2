/** The step as a place on the V: what it cuts off, what rounding adds, where the error turns. */
import type { ErrorAtStep } from "leibniz/gradcheck";
import { html, nothing, type TemplateResult } from "lit-html";
import type { Curves } from "./compute.js";
import { entryLine, lineOf } from "./maps.js";
import { type CheckLab, type Seen, stepSlider } from "./panel.js";
import { indexOf, placeOf } from "./tensor-grid.js";
import { vPlot } from "./v-plot.js";
import { power } from "./words.js";

export function stepView(lab: CheckLab, seen: Seen): TemplateResult | typeof nothing {
  const { state, result } = seen;
  const { curves, step } = result;
  if (curves === null) return nothing;
  const curve = curves[state.type];
  const otherName = state.type === "float64" ? "float32" : "float64";
  const { gradient, shape } = lineOf(seen);
  const place = `${gradient}${placeOf(indexOf(state.entry, shape))}`;
  const here = curve.points[-4 - state.h]!;
  return html`<h3>The error of ${place} against the step</h3>
    ${chooseEntry(lab, seen)}
    ${vPlot({
      curve,
      other: curves[otherName],
      otherName,
      thirdDerivative: curves.float64.thirdDerivative,
      step,
      turn: curves.turn.predicted?.step ?? null,
      onStep: (decades) => {
        const h = Math.max(-48, Math.min(-4, Math.round(4 * decades)));
        if (h !== lab.state.h) lab.set({ h }, { group: "along the V" });
      },
    })}
    <div class="controls">${stepSlider(lab)}</div>
    <div aria-live="polite">${atThisStep(here)}</div>
    ${turnOf(seen, curves)} ${entryLine(lab, seen)} ${table(curve.points)}`;
}

/** Entry by entry, for who has no pointer on the grid. */
function chooseEntry(lab: CheckLab, seen: Seen): TemplateResult {
  const { checks } = lineOf(seen);
  const { entry } = seen.state;
  const go = (to: number): void => lab.set({ entry: to }, { group: "entry" });
  return html`<div class="tools">
    <button type="button" ?disabled=${entry === 0} @click=${() => go(entry - 1)}>
      Entry before
    </button>
    <button
      type="button"
      ?disabled=${entry >= checks.length - 1}
      @click=${() => go(entry + 1)}
    >
      Next entry
    </button>
  </div>`;
}

function atThisStep({
  step,
  central,
  extrapolated,
  rounding,
  isKink,
}: ErrorAtStep): TemplateResult {
  return html`<p>
    At h = ${power(step)}, D(h) is off by ${power(central)} from what backward says, and the value
    of both steps by ${power(extrapolated)}. Rounding may make ${power(rounding)} of it.
    ${isKink ? html`<strong>A choice flips within this step: this is a kink.</strong>` : nothing}
  </p>`;
}

/** Where it turns, and why there. */
function turnOf({ state, result }: Seen, { turn }: Curves): TemplateResult {
  const { lowest, predicted, slopeRight, slopeLeft } = turn;
  const isWrong = result.mistake !== null && !result.isHidden;
  if (isWrong && lowest !== null && lowest.error > 1e-5)
    return html`<p>
      A mistake has no V: with a smaller step the quotient comes nearer to the derivative, but not
      to what backward says. The error stays where it is, above ${power(lowest.error)}.
    </p>`;
  if (lowest === null)
    return html`<p>
      Here the quotient is exact at every step that reaches no kink: the layer is a straight line in
      this entry, and nothing is rounded. For a V, take softmax and cross-entropy, or batch
      normalisation.
    </p>`;
  const growth =
    slopeLeft === null ? "" : `, which grows as the step falls: slope ${slope(slopeLeft)}`;
  if (predicted === null)
    return html`<p>
      This entry has no curvature: f‴ is 0, so that no step cuts anything off, and there is no turn.
      What is left is
      rounding${growth}.
      The largest step would be the best one. For a V, take softmax and cross-entropy, or batch
      normalisation.
    </p>`;
  return html`<p>
    <strong>It turns near h* = ${power(predicted.step)}</strong>, (gradient-check.11), where the
    chapter expects an error of at most ${power(predicted.error)}.
    The smallest one measured is ${power(lowest.error)}, at h = ${power(lowest.step)}.
    To the right the step cuts off h²/6·|f‴|: ten times the step, a hundred times the
    error${slopeRight === null ? nothing : ` (measured slope ${slope(slopeRight)})`}. To the left
    rounding is divided by h: a tenth of the step, ten times the
    error${slopeLeft === null ? nothing : ` (measured slope ${slope(slopeLeft)})`}.
    ${
      state.type === "float32"
        ? "In float32 ε is 5·10⁸ times larger, so that the turn lies at a step 800 times larger."
        : nothing
    }
  </p>`;
}

const slope = (value: number): string => value.toFixed(2).replace("-", "−");

function table(points: readonly ErrorAtStep[]): TemplateResult {
  return html`<details class="numbers">
    <summary>The numbers of the picture</summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">h</th>
            <th scope="col">D(h)</th>
            <th scope="col">both steps</th>
            <th scope="col">ε·|f|/h</th>
            <th scope="col">kink</th>
          </tr>
        </thead>
        <tbody>
          ${points.map(
            ({ step, central, extrapolated, rounding, isKink }) => html`<tr>
              <th scope="row">${power(step)}</th>
              <td>${power(central)}</td>
              <td>${power(extrapolated)}</td>
              <td>${power(rounding)}</td>
              <td>${isKink ? "yes" : "–"}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
