/** One cell of dOut drips into dX, and its window fills dWeight. */
import { html, type TemplateResult } from "lit-html";
import { fullNumber } from "../frame/short-number.js";
import { equation } from "./equation.js";
import { planeGrids } from "./grids.js";
import { lightsOf } from "./lights.js";
import { planes } from "./planes.js";
import { named } from "./names.js";
import { chosenWindow, type Scene } from "./scene.js";

export function dripView(scene: Scene): TemplateResult {
  const { lab, numbers } = scene;
  const drip = numbers.drip!;
  const chosen = chosenWindow(scene);
  const { k, p, q } = chosen;
  const lights = lightsOf(scene, chosen);
  const fill = (value: (at: number) => number): void =>
    lab.set({ dOut: numbers.dOut.map((_, at) => value(at)) });
  const { outH, outW } = numbers.geometry;
  const place = (k * outH + p) * outW + q;
  const name = named("dOut", k, p, q);
  return html`<p class="hint">
      Choose a cell of dOut, and change it: type a number, or drag it up and down.
    </p>
    <div class="tools">
      <button
        type="button"
        @click=${() => fill((at) => (at === place ? numbers.dOut[at]! || 1 : 0))}
      >
        All others 0
      </button>
      <button type="button" @click=${() => fill(() => 1)}>All of dOut 1</button>
    </div>
    <div class="grids">
      ${planeGrids(scene, planes(scene, "dOut"), {
        name: "dOut",
        scale: "gradient",
        edited: "dOut",
        marks: (at) => (at.join() === [k, p, q].join() ? "pinned" : ""),
        onPick: (output) => lab.set({ output }),
      })}
      ${planeGrids(scene, planes(scene, "weight"), {
        name: "weight",
        scale: "signed",
        edited: "weight",
        marks: lights.weight,
      })}
      ${planeGrids(scene, planes(scene, "x"), {
        name: "x",
        scale: "signed",
        edited: "x",
        frame: () => 0,
        marks: lights.pixel,
      })}
    </div>
    <div class="pair">
      <section>
        <h3>This drop alone</h3>
        <p>
          ${name} = <output>${fullNumber(drip.value)}</output>. Every weight of filter ${k} × it
          falls on the pixel under that weight; every pixel under window (${p}, ${q}) × it goes to
          the weight over that pixel.
        </p>
        <div class="grids">
          ${planeGrids(scene, planes(scene, "dX", drip.dX), {
            name: "dX",
            note: ", of the drop",
            scale: "gradient",
            marks: lights.pixel,
          })}
          ${planeGrids(scene, planes(scene, "dWeight", drip.dWeight), {
            name: "dWeight",
            note: ", of the drop",
            scale: "gradient",
            marks: lights.weight,
          })}
        </div>
      </section>
      <section>
        <h3>All drops together</h3>
        <p>Both are sums over all cells of dOut.</p>
        <div class="grids">
          ${planeGrids(scene, planes(scene, "dX"), {
            name: "dX",
            scale: "gradient",
            marks: lights.pixel,
          })}
          ${planeGrids(scene, planes(scene, "dWeight"), {
            name: "dWeight",
            scale: "gradient",
            marks: lights.weight,
          })}
        </div>
      </section>
    </div>
    ${equation("conv2d-gradients", "conv2d.7", "dWeight = Σₙ dOutₙ · colsₙᵀ")}
    ${equation("conv2d-gradients", "conv2d.10", "dX = col2im(dCols)")}`;
}
