/** The shift: what each layer makes of the picture before and after, and what it keeps. */
import { html, type TemplateResult } from "lit-html";
import type { Lab } from "../frame/lab.js";
import { pixelCanvas } from "../frame/pixel-canvas.js";
import type { FiltersNumbers } from "./compute.js";
import { shiftControls } from "./controls.js";
import { filterPane } from "./filter-controls.js";
import { pixelOf } from "./look-view.js";
import { percent } from "./percent.js";
import type { ShiftRow } from "./shift.js";
import type { FiltersState } from "./state.js";

export function shiftView(lab: Lab<FiltersState, FiltersNumbers>): TemplateResult {
  const { shift } = lab.shown!.result;
  return html`<div class="shift-tools">${shiftControls(lab)} ${filterPane(lab)}</div>
    <div class="table" tabindex="0" role="group" aria-label="What each layer keeps">
      <table class="shift">
        <thead>
          <tr>
            <th scope="col">layer</th>
            <th scope="col">before</th>
            <th scope="col">after the move</th>
            <th scope="col">changed by</th>
            <th scope="col">in common</th>
            <th scope="col">moved along</th>
          </tr>
        </thead>
        <tbody>
          ${shift.map(row)}
        </tbody>
      </table>
    </div>
    <p class="key">
      Changed by: ‖after − before‖ / ‖before‖, the length of the difference in per cent of what
      was there. In common: the cosine ⟨after, before⟩ / (‖after‖ · ‖before‖), 100 % for the same
      map, 0 % for maps that share nothing, below 0 for opposite ones. Moved along: the same with
      what was before, moved by as many pixels of that layer; a dash where that is no whole number
      of them. What leaves the picture is lost, and its edge is repeated where room appears.
    </p>`;
}

function row({ name, before, after, change, kept, followed }: ShiftRow): TemplateResult {
  const title = name === "x" ? "picture" : name;
  const size = `${before.shape[1]} × ${before.shape[2]}`;
  return html`<tr>
    <th scope="row">${title}<span class="key">${size}</span></th>
    <td>${small(`${title}, before`, before, name)}</td>
    <td>${small(`${title}, after`, after, name)}</td>
    <td>${percent(change)}</td>
    <td>${bar(kept)}</td>
    <td>${bar(followed)}</td>
  </tr>`;
}

function small(label: string, planes: ShiftRow["before"], name: string): TemplateResult {
  const [, rows, columns] = planes.shape;
  const scale = name === "x" ? "light" : "signed";
  return pixelCanvas({ label, rows, columns, value: pixelOf(planes), scale });
}

function bar(share: number | null): TemplateResult {
  return html`<span class="share"
    ><progress aria-hidden="true" max="1" .value=${Math.max(0, share ?? 0)}></progress
    ><b>${percent(share)}</b></span
  >`;
}
