/** Which checks notice the mistake that is planted, and why the others do not. */
import type { Notice } from "leibniz/tracing";
import { html, nothing, type TemplateResult } from "lit-html";
import type { CheckLab, Seen } from "./panel.js";
import { NONE, type State } from "./state.js";
import { power, SIGNS } from "./words.js";

interface Words {
  readonly name: string;
  readonly about: string;
  /** What brings the laboratory to this check; null where no control leads to it. */
  readonly state: Partial<State> | null;
}

const CHECKS: Readonly<Record<Notice["check"], Words>> = {
  random: {
    name: "Differences, random dOut",
    about: "The check itself: float64, h = 1e−3. Chance alone could hide a mistake.",
    state: { upstream: "random", type: "float64", h: -12 },
  },
  ones: {
    name: "Differences, dOut of ones",
    about: "The sum of all outputs. Whoever exchanges outputs exchanges ones for ones.",
    state: { upstream: "ones", type: "float64", h: -12 },
  },
  one: {
    name: "Differences, one entry of dOut",
    about: "Sees the inputs of one output, and nothing of the others.",
    state: { upstream: "one", one: 0, type: "float64", h: -12 },
  },
  float32: {
    name: "Differences in float32, h = 0.01",
    about: "Good to three digits at best: what is smaller is noise.",
    state: { upstream: "random", type: "float32", h: -8 },
  },
  kinks: {
    name: "Conventions on kinks",
    about: "Where there is no derivative, against what the chapter takes for one.",
    state: null,
  },
  adjoint: {
    name: "The adjoint",
    about: "Without a step, to twelve digits; only where the layer is linear.",
    state: { view: "balance" },
  },
};

export function checksView(
  lab: CheckLab,
  { state, result }: Seen,
): TemplateResult | typeof nothing {
  const { notices } = result;
  if (notices === null) return nothing;
  const noticed = notices.filter(({ verdict }) => verdict === "wrong").length;
  const asked = notices.filter(({ verdict }) => verdict !== null).length;
  return html`<p aria-live="polite">
      ${
        state.mistake === NONE
          ? "Nothing is wrong with this layer: choose a mistake above, and see who notices."
          : `${noticed} of ${asked} checks notice it.`
      }
    </p>
    <ul class="notices">
      ${notices.map((notice) => item(lab, notice))}
    </ul>`;
}

function item(lab: CheckLab, { check, verdict, error }: Notice): TemplateResult {
  const { name, about, state } = CHECKS[check];
  const setUp = (): void => lab.set({ view: "maps", ...state });
  return html`<li>
    <div>
      <strong>${name}</strong>
      <p>${about}</p>
    </div>
    ${
      verdict === null
        ? html`<span>does not apply</span>`
        : html`<span>
          <span class="verdict ${verdict}">${SIGNS[verdict]} ${verdict}</span>
          ${Number.isFinite(error) ? html`<small>error ${power(error)}</small>` : nothing}
        </span>`
    }
    ${
      state === null || verdict === null
        ? html`<span></span>`
        : html`<button type="button" aria-label="Set up: ${name}" @click=${setUp}>Set up</button>`
    }
  </li>`;
}
