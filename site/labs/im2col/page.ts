/** The im2col microscope in the page. */
import { html, type TemplateResult } from "lit-html";
import { defineLab } from "../frame/element.js";
import type { Lab } from "../frame/lab.js";
import { geometryControls, numberControls, viewTabs } from "./bench-controls.js";
import { columnsView } from "./columns-view.js";
import type { Im2colNumbers } from "./compute.js";
import { dripView } from "./drip-view.js";
import { overlapView } from "./overlap-view.js";
import { receiptView } from "./receipt-view.js";
import { roadsView } from "./roads-view.js";
import type { Scene, Target } from "./scene.js";
import { settle } from "./settle.js";
import { fields, type Im2colState, version, viewFields } from "./state.js";
import { walk } from "./walk.js";

const VIEWS: Readonly<Record<Im2colState["view"], (scene: Scene) => TemplateResult>> = {
  columns: columnsView,
  receipt: receiptView,
  drip: dripView,
  roads: roadsView,
  overlap: overlapView,
};

function viewOf(lab: Lab<Im2colState, Im2colNumbers>): () => TemplateResult {
  let pointed: Target | null = null;
  const point = (target: Target | null): void => {
    if (JSON.stringify(target) === JSON.stringify(pointed)) return;
    pointed = target;
    lab.update();
  };
  return () => {
    const { shown } = lab;
    if (shown === null) return html`<p>The engine is on its way.</p>`;
    const scene: Scene = { lab, state: shown.state, numbers: shown.result, pointed, point };
    // small cells, so that more of a large matrix is seen
    const isLarge = shown.result.cols.length > 200;
    const isPainting = lab.state.tool === "paint";
    return html`<div class="microscope ${isPainting ? "painting" : ""} ${isLarge ? "dense" : ""}">
      ${viewTabs(scene)} ${geometryControls(scene)} ${numberControls(scene)}
      ${VIEWS[shown.state.view](scene)}
    </div>`;
  };
}

defineLab<Im2colState, Im2colNumbers>({
  name: "im2col",
  version,
  fields,
  viewFields,
  settle,
  walk,
  view: viewOf,
});
