/** The verdict as `leibniz gradcheck` says it: a line for each gradient, and what is to be said. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { CheckResult, Line } from "./compute.js";
import { lineOf } from "./maps.js";
import type { CheckLab, Seen } from "./panel.js";
import type { State } from "./state.js";
import { placeOf } from "./tensor-grid.js";
import { figure, MEANINGS, power, SIGNS } from "./words.js";

export function verdict(lab: CheckLab, seen: Seen): TemplateResult {
  const { result } = seen;
  const chosen = lineOf(seen);
  return html`<div class="scroll">
      <table class="verdicts">
        <caption>
          What <code>leibniz gradcheck</code> says
        </caption>
        <thead>
          <tr>
            <th scope="col">gradient</th>
            <th scope="col">error</th>
            <th scope="col">worst at</th>
            <th scope="col">adjoint</th>
            <th scope="col">verdict</th>
          </tr>
        </thead>
        <tbody>
          ${result.lines.map((line) => row(lab, line, line === chosen))}
        </tbody>
      </table>
    </div>
    ${remarks(result)}`;
}

function row(lab: CheckLab, line: Line, isChosen: boolean): TemplateResult {
  const { gradient, argument, error, worst, adjoint } = line;
  const choose = (): void => lab.set({ gradient: asField(argument), entry: 0 });
  return html`<tr>
    <th scope="row">
      <button type="button" aria-pressed=${isChosen} @click=${choose}>${gradient}</button>
      <span class="on-paper">${gradient}</span>
    </th>
    <td>${Number.isFinite(error) ? power(error) : "–"}</td>
    <td>${placeOf(worst)}</td>
    <td>${adjoint === null ? "–" : power(adjoint)}</td>
    <td>
      <span class="verdict ${line.verdict}">${SIGNS[line.verdict]} ${line.verdict}</span>
    </td>
  </tr>`;
}

/** The loss's only gradient, of the logits, counts as x. */
const asField = (argument: string): State["gradient"] =>
  argument === "weight" || argument === "bias" ? argument : "x";

function remarks({ lines, mistake, isHidden }: CheckResult): TemplateResult {
  return html`<div class="remarks" aria-live="polite">
    ${lines.map((line) => remark(line))}
    ${
      mistake === null
        ? nothing
        : html`<p>
            <strong>Planted:</strong> ${mistake.says}${tagOf(mistake.tag)}.
            ${
              isHidden
                ? html`<strong>Here it changes no number:</strong> nothing could notice it.`
                : lines.every((one) => one.verdict !== "wrong")
                  ? html`<strong>The check does not notice.</strong>`
                  : nothing
            }
          </p>`
    }
  </div>`;
}

const tagOf = (tag: string | null): string => (tag === null ? "" : ` (${tag})`);

function remark(line: Line): TemplateResult | typeof nothing {
  const { gradient, analytic, numeric, estimate, hint, checks, worst, verdict: word } = line;
  const kinks = checks.filter((check) => check.verdict === "kink").length;
  const isOff = word === "wrong" || word === "noise";
  if (!isOff && kinks === 0) return nothing;
  return html`<p>
    <strong>${gradient}${isOff ? placeOf(worst) : ""}:</strong>
    ${
      isOff
        ? html`backward says ${figure(analytic)}, measured
          ${figure(numeric)} ± ${power(estimate)}.`
        : nothing
    }
    ${hint === null ? nothing : `It looks like this: ${hint}.`}
    ${
      word === "wrong" && hint === null
        ? "From this one geometry alone it cannot be named."
        : nothing
    }
    ${word === "noise" ? html`So it is ${MEANINGS.noise}.` : nothing}
    ${kinks === 0 ? nothing : `${kinks} ${kinks === 1 ? "kink" : "kinks"} left out.`}
  </p>`;
}
