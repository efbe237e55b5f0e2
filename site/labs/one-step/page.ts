/** One step, every number, in the page. */
import { html, nothing, type TemplateResult } from "lit-html";
import { tabs, toggle } from "../frame/controls.js";
import { defineLab } from "../frame/element.js";
import { shortNumber } from "../frame/short-number.js";
import { written } from "./address.js";
import { benchControls, stepBar } from "./bench-controls.js";
import type { OneStepNumbers } from "./compute.js";
import { nudgeView } from "./nudge-view.js";
import { provenanceView } from "./provenance-view.js";
import { nameOf, placeOf } from "./names.js";
import { firstBroken, type OneStepLab, open, type Scene, sceneOf } from "./scene.js";
import { allStages, stageBar, stageKey, stageView } from "./stage-view.js";
import { fields, type OneStepState, settle, version } from "./state.js";
import { walk } from "./walk.js";

defineLab<OneStepState, OneStepNumbers>({
  name: "one-step",
  version,
  fields,
  viewFields: ["stage", "goOn"],
  settle,
  walk,
  view: (lab) => {
    if (!lab.isEmbedded) listen(lab);
    return () => draw(lab);
  },
});

/** Arrow keys step through the stages also while nothing on the page has the focus. */
function listen(lab: OneStepLab): void {
  document.addEventListener("keydown", (event) => {
    const scene = sceneOf(lab);
    const isFree = document.activeElement === document.body || document.activeElement === null;
    if (isFree && scene !== null && lab.state.view === "stage") stageKey(scene, event);
  });
}

function draw(lab: OneStepLab): TemplateResult {
  const scene = sceneOf(lab);
  return html`${benchControls(lab)} ${stepBar(lab)}
    ${tabs<OneStepState["view"]>({
      label: "View",
      value: lab.state.view,
      options: [
        ["stage", "Stage by stage"],
        ["all", "All numbers"],
        ["nudge", "Nudge"],
      ],
      onInput: (view) => lab.set({ view }),
    })}
    ${scene === null ? html`<p>The engine is on its way.</p>` : bench(scene)}`;
}

function bench(scene: Scene): TemplateResult {
  const { state } = scene;
  if (state.view === "nudge") return html`${breakPoint(scene)} ${nudgeView(scene)}`;
  const stages =
    state.view === "all" ? allStages(scene) : html`${stageBar(scene)} ${stageView(scene)}`;
  return html`${breakPoint(scene)}
    <div
      class="step-bench"
      @keydown=${(event: KeyboardEvent) => {
        if (state.view === "stage") stageKey(scene, event);
      }}
    >
      <div class="step-stages">${stages}</div>
      ${provenanceView(scene)}
    </div>`;
}

/** Where the step stops, and by what. */
function breakPoint(scene: Scene): TemplateResult | typeof nothing {
  const { lab, numbers, state } = scene;
  const [origin] = numbers.notFinite;
  if (origin === undefined) return nothing;
  const first = firstBroken(scene);
  const size = first === null ? 0 : scene.tensors.get(first.tensor)!.data.length;
  const isStart = first?.tensor !== origin.tensor;
  return html`<section class="break-point" aria-label="Break point">
    <p role="status">
      ${isStart ? html`${placeOf(scene, origin)} is ${shortNumber(origin.value)}. ` : nothing}
      ${
        first === null
          ? "No tensor of the step has caught it."
          : html`<b>Stopped at ${nameOf(first.tensor)}</b>, the first tensor made in this step that
              is               not finite: ${first.count} of ${size} numbers, the first at
              ${placeOf(scene, first)}, ${shortNumber(first.value)}.`
      }
    </p>
    <div class="buttons">
      ${
        first === null
          ? nothing
          : html`<button
              type="button"
              @click=${() => {
                lab.set({ view: "stage", stage: scene.brokenAt!, path: written(first) });
              }}
            >
              Open the number
            </button>`
      }
      ${
        isStart
          ? html`<button type="button" @click=${() => open(scene, origin)}>
              Open ${placeOf(scene, origin)}
            </button>`
          : nothing
      }
      ${toggle({
        label: "go on all the same",
        value: state.goOn,
        onInput: (goOn) => lab.set({ goOn }),
      })}
    </div>
  </section>`;
}
