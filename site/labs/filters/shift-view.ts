/** The shift: what each layer makes of the picture before and after, and what it keeps. */
import { html, type TemplateResult } from "lit-html";
import { styleMap } from "lit-html/directives/style-map.js";
import type { Shown } from "../frame/lab.js";
import { pixelCanvas } from "../frame/pixel-canvas.js";
import type { FiltersNumbers } from "./compute.js";
import { pixelOf } from "./look-view.js";
import { percent } from "./percent.js";
import type { ShiftRow } from "./shift.js";
import type { FiltersState } from "./state.js";

export function shiftView({ result }: Shown<FiltersState, FiltersNumbers>): TemplateResult {
  return html`<div class="table" tabindex="0" role="group" aria-label="What each layer keeps">
      <table class="shift">
        <thead>
          <tr>
            <th scope="col">layer</th>
            <th scope="col">before</th>
            <th scope="col">after the move</th>
            <th scope="col">kept in place</th>
            <th scope="col">kept, moved along</th>
          </tr>
        </thead>
        <tbody>
          ${result.shift.map(row)}
        </tbody>
      </table>
    </div>
    <p class="key">
      Kept in place: 100 % less the change, ‖after − before‖ / ‖before‖, and never below 0. Moved
      along: the same, compared with what was before moved by as many pixels of that layer; a dash
      where that is no whole number of them. What leaves the picture is lost, and black comes in.
    </p>`;
}

function row({ name, before, after, kept, followed }: ShiftRow): TemplateResult {
  const title = name === "x" ? "picture" : name;
  const size = `${before.shape[1]} × ${before.shape[2]}`;
  return html`<tr>
    <th scope="row">${title}<span class="key">${size}</span></th>
    <td>${small(`${title}, before`, before, name)}</td>
    <td>${small(`${title}, after`, after, name)}</td>
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
  const width = `${100 * (share ?? 0)}%`;
  return html`<span class="share"
    ><span class="bar" aria-hidden="true"><span style=${styleMap({ width })}></span></span>
    <b>${percent(share)}</b></span
  >`;
}
