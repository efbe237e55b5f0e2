/** A number's receipt: choose a cell, and see all that it is made of. */
import { html, type TemplateResult } from "lit-html";
import { tabs } from "../frame/controls.js";
import { planeGrids } from "./grids.js";
import { lightsOf } from "./lights.js";
import { planes } from "./planes.js";
import { outputReceipt, pixelReceipt, weightReceipt } from "./receipt-table.js";
import { chosenPixel, chosenWindow, type Scene } from "./scene.js";
import { thumbnails } from "./thumbnails.js";

export function receiptView(scene: Scene): TemplateResult {
  const { lab, state } = scene;
  const views = { dX: ofPixel, dWeight: ofWeight, out: ofOutput };
  return html`${tabs({
    label: "Receipt of",
    value: state.receipt,
    options: [
      ["dX", "dX, a pixel’s gradient"],
      ["dWeight", "dWeight, a weight’s"],
      ["out", "out, an output"],
    ],
    onInput: (receipt) => lab.set({ receipt }),
  })}
  ${views[state.receipt](scene)}`;
}

function ofPixel(scene: Scene): TemplateResult {
  const { lab, point, numbers, pointed } = scene;
  const { H, W, padH, padW } = numbers.geometry;
  const [rows, columns] = [H + 2 * padH, W + 2 * padW];
  const chosen = chosenPixel(scene);
  const lights = lightsOf(scene, pointed?.kind === "pixel" ? pointed : chosen);
  const isChosen = ([c, h, w]: readonly number[]): boolean =>
    c === chosen.c && h === chosen.h && w === chosen.w;
  return html`<p class="hint">
      Choose a cell of dX${numbers.geometry.padH > 0 ? ", or of its padding" : ""}.
    </p>
    <div class="grids">
      ${planeGrids(scene, planes(scene, "dX"), {
        name: "dX",
        scale: "gradient",
        frame: (r, c, { leading }) => numbers.dXWithFrame[(leading[0]! * rows + r) * columns + c]!,
        marks: (at) => (isChosen(at) ? "pinned" : lights.pixel(at) === "" ? "" : "lit"),
        onPoint: (at) => point(at && { kind: "pixel", c: at[0]!, h: at[1]!, w: at[2]! }),
        onPick: (pixel) => lab.set({ pixel }),
      })}
      ${planeGrids(scene, planes(scene, "weight"), {
        name: "weight",
        scale: "signed",
        edited: "weight",
        marks: ([k, c, ...entry]) =>
          c === (pointed?.kind === "pixel" ? pointed.c : chosen.c)
            ? lights.weight([k!, c!, ...entry])
            : "",
      })}
      ${planeGrids(scene, planes(scene, "dOut"), {
        name: "dOut",
        scale: "gradient",
        edited: "dOut",
        marks: lights.output,
      })}
    </div>
    ${thumbnails(scene)} ${pixelReceipt(scene)}`;
}

function ofWeight(scene: Scene): TemplateResult {
  const { lab, numbers, state } = scene;
  const chosen = state.entry.join();
  const [k, c] = state.entry;
  const { H, W, padH, padW } = numbers.geometry;
  const under = new Set(
    numbers.entry.addends.map(({ h, w }) =>
      h >= -padH && w >= -padW && h < H + padH && w < W + padW ? `${c},${h},${w}` : "",
    ),
  );
  return html`<p class="hint">Choose a cell of dWeight.</p>
    <div class="grids">
      ${planeGrids(scene, planes(scene, "dWeight"), {
        name: "dWeight",
        scale: "gradient",
        marks: (at) => (at.join() === chosen ? "pinned" : ""),
        onPick: (entry) => lab.set({ entry }),
      })}
      ${planeGrids(scene, planes(scene, "x"), {
        name: "x",
        scale: "signed",
        edited: "x",
        frame: () => 0,
        marks: (at) => (under.has(at.join()) ? "lit" : ""),
      })}
      ${planeGrids(scene, planes(scene, "dOut"), {
        name: "dOut",
        scale: "gradient",
        edited: "dOut",
        marks: ([k2]) => (k2 === k ? "lit" : ""),
      })}
    </div>
    ${weightReceipt(scene)}`;
}

function ofOutput(scene: Scene): TemplateResult {
  const { lab, point, pointed } = scene;
  const chosen = chosenWindow(scene);
  const target = pointed?.kind === "window" ? pointed : chosen;
  const lights = lightsOf(scene, target);
  return html`<p class="hint">Choose a cell of out.</p>
    <div class="grids">
      ${planeGrids(scene, planes(scene, "out"), {
        name: "out",
        scale: "signed",
        marks: (at) =>
          at.join() === [chosen.k, chosen.p, chosen.q].join()
            ? "pinned"
            : lights.output(at) === ""
              ? ""
              : "lit",
        onPoint: (at) => point(at && { kind: "window", k: at[0]!, p: at[1]!, q: at[2]! }),
        onPick: (output) => lab.set({ output }),
      })}
      ${planeGrids(scene, planes(scene, "x"), {
        name: "x",
        scale: "signed",
        edited: "x",
        frame: () => 0,
        marks: lights.pixel,
      })}
      ${planeGrids(scene, planes(scene, "weight"), {
        name: "weight",
        scale: "signed",
        edited: "weight",
        marks: lights.weight,
      })}
    </div>
    ${outputReceipt(scene)}`;
}
