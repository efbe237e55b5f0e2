/** The picture, the filter and out beside each other, and below them one place under the glass. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Lab, Shown } from "../frame/lab.js";
import type { Cell } from "../frame/number-grid.js";
import { pixelCanvas } from "../frame/pixel-canvas.js";
import { shortNumber } from "../frame/short-number.js";
import type { FiltersNumbers, Planes } from "./compute.js";
import { modeTabs } from "./controls.js";
import { filterPane } from "./filter-controls.js";
import type { Focus, Place } from "./focus.js";
import { receipt } from "./receipt.js";
import { type FiltersState, INK, SMALL_SIDE } from "./state.js";

type FiltersLab = Lab<FiltersState, FiltersNumbers>;
type FiltersShown = Shown<FiltersState, FiltersNumbers>;

/** The numbers of a pixel in all channels. */
export const pixelOf =
  ({ shape: [C, H, W], values }: Planes) =>
  (row: number, column: number): number[] =>
    Array.from({ length: C }, (_, c) => values[(c * H + row) * W + column]!);

export function lookView(lab: FiltersLab): (shown: FiltersShown) => TemplateResult {
  let last = "";
  const point = (side: Place["side"], at: Cell | null): void => {
    const pointed = at === null ? null : { side, at };
    const key = JSON.stringify(pointed);
    if (key === last) return;
    last = key;
    lab.give("pointed", pointed);
  };
  const pick = (side: Place["side"], at: Cell): void => {
    const { state } = lab;
    const isPinned = state.pin === side && state.at[0] === at[0] && state.at[1] === at[1];
    lab.set(isPinned ? { pin: "none", at: [0, 0] } : { pin: side, at: [...at] });
  };
  return (shown) => {
    const { focus } = shown.result;
    const kind = lab.given("pointed") == null ? "pinned" : "lit";
    return html`${modeTabs(lab)}
      <div class="panes ${shown.state.mode === "conv" ? "" : "pooled"}">
        ${picture(lab, shown, { kind, point, pick })}
        ${shown.state.mode === "conv" ? filterPane(lab) : nothing}
        ${out(shown, { kind, point, pick })}
      </div>
      <p class="key">
        ${
          shown.state.mode === "conv"
            ? "Out: orange is above 0, blue below it; the strongest colour is its largest number."
            : "Out: as in the picture, black is 0 and white is 1."
        }
        Numbers are rounded to three digits.
      </p>
      ${receipt(focus, shown)}`;
  };
}

interface Pointing {
  readonly kind: "lit" | "pinned";
  readonly point: (side: Place["side"], at: Cell | null) => void;
  readonly pick: (side: Place["side"], at: Cell) => void;
}

function picture(
  lab: FiltersLab,
  { state, result }: FiltersShown,
  { kind, point, pick }: Pointing,
): TemplateResult {
  const { picture: planes, focus } = result;
  const [, rows, columns] = planes.shape;
  const isDrawing = state.picture === "drawing";
  const value = pixelOf(planes);
  const draw = (cells: readonly Cell[], group: string): void =>
    lab.set({ drawing: inked(lab.state.drawing, cells) }, { group });
  return html`<div class="pane">
    ${pixelCanvas({
      label: isDrawing ? "picture: draw on it" : "picture",
      ...{ rows, columns, value },
      scale: "light",
      padding: [state.padding, state.padding],
      outlines: focus?.side === "out" ? [windowOf(focus, state, kind)] : [],
      spots: focus?.side === "picture" ? [{ row: focus.at[0], column: focus.at[1], kind }] : [],
      describe: (row, column) =>
        `pixel ${row}, ${column}: ${value(row, column).map(shortNumber).join(", ")}`,
      onPoint: (at) => point("picture", at),
      ...(isDrawing ? { onDraw: draw } : { onPick: (at: Cell) => pick("picture", at) }),
    })}
    ${
      isDrawing
        ? html`<button
          type="button"
          @click=${() => lab.set({ drawing: state.drawing.map(() => 0) })}
        >
          Clear the drawing
        </button>`
        : nothing
    }
  </div>`;
}

/** Where the window of an output lies: its first entry, as the engine says. */
function windowOf(
  { patch }: Extract<Focus, { side: "out" }>,
  { kernel, dilation }: FiltersState,
  kind: "lit" | "pinned",
) {
  const { h: row, w: column } = patch[0]!;
  return { row, column, rows: kernel[0]!, columns: kernel[1]!, dilation, kind };
}

/** A stroke as wide as those of handwritten digits: its pixels, and their neighbours half. */
function inked(drawing: readonly number[], cells: readonly Cell[]): number[] {
  const result = [...drawing];
  const ink = (row: number, column: number, shade: number): void => {
    if (row < 0 || column < 0 || row >= SMALL_SIDE || column >= SMALL_SIDE) return;
    const at = row * SMALL_SIDE + column;
    result[at] = Math.max(result[at]!, shade);
  };
  for (const [row, column] of cells) {
    ink(row, column, INK);
    for (const [down, right] of [
      [0, 1],
      [1, 0],
      [0, -1],
      [-1, 0],
    ])
      ink(row + down!, column + right!, 9);
  }
  return result;
}

function out({ state, result }: FiltersShown, { kind, point, pick }: Pointing): TemplateResult {
  const { out: planes, focus } = result;
  const [, rows, columns] = planes.shape;
  const value = pixelOf(planes);
  const spots =
    focus === null
      ? []
      : focus.side === "out"
        ? [{ row: focus.at[0], column: focus.at[1], kind }]
        : focus.uses.map(({ p, q }) => ({ row: p, column: q, kind }));
  return html`<div class="pane">
    ${pixelCanvas({
      label: `out, ${rows} × ${columns}`,
      ...{ rows, columns, value, spots },
      scale: state.mode === "conv" ? "signed" : "light",
      describe: (row, column) =>
        `out ${row}, ${column}: ${value(row, column).map(shortNumber).join(", ")}`,
      onPoint: (at) => point("out", at),
      onPick: (at) => pick("out", at),
    })}
  </div>`;
}
