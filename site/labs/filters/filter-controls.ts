/** The filter: one that people have made, or the reader's own, as it is laid on. */
import { html, nothing, type TemplateResult } from "lit-html";
import { choice, toggle } from "../frame/controls.js";
import type { Lab } from "../frame/lab.js";
import { type Cell, numberGrid } from "../frame/number-grid.js";
import { fullNumber } from "../frame/short-number.js";
import { CHANNELS } from "./channels.js";
import type { FiltersNumbers } from "./compute.js";
import { type Preset, presetNames, presetOf, presets } from "./presets.js";
import { channelsOf, type FiltersState } from "./state.js";

type FiltersLab = Lab<FiltersState, FiltersNumbers>;

export function filterPane(lab: FiltersLab): TemplateResult {
  const { state } = lab;
  const isKnown = lab.shown?.result.laid.length === state.weight.length;
  return html`<div class="filter">
    <div>
      ${choice<Preset | "own">({
        label: "filter",
        value: presetOf(state.weight, state.kernel) ?? "own",
        options: [...presetNames.map((name) => [name, name] as const), ["own", "your own values"]],
        onInput: (name) =>
          name === "own"
            ? lab.update()
            : lab.set({ kernel: [3, 3], weight: inAll(state, presets[name]) }),
      })}
      ${toggle({
        label: "turned by half a turn",
        value: state.turned,
        onInput: (turned) => lab.set({ turned }),
      })}
      <p class="key">Weights: type a number, or drag it up or down.</p>
    </div>
    <div class="grids tight">
      ${weightGrids(lab, "weights", state.weight, true)}
      ${
        state.turned && isKnown
          ? weightGrids(lab, "as they are laid on", lab.shown!.result.laid, false)
          : nothing
      }
    </div>
  </div>`;
}

/** One plane of weights in every channel. */
const inAll = (state: FiltersState, plane: readonly number[]): number[] =>
  Array.from({ length: channelsOf(state) }, () => plane).flat();

function weightGrids(
  lab: FiltersLab,
  label: string,
  values: readonly number[],
  isEdited: boolean,
): TemplateResult[] {
  const { state } = lab;
  const [kH, kW] = state.kernel as [number, number];
  const channels = values.length / (kH * kW);
  const edit = (at: number, value: number, group: string): void =>
    lab.set({ weight: state.weight.with(at, limited(value)) }, { group });
  return Array.from({ length: channels }, (_, c) => {
    const placeOf = (row: number, column: number): number => (c * kH + row) * kW + column;
    const valueAt = (row: number, column: number): number => values[placeOf(row, column)]!;
    const onEdit = ([row, column]: Cell, value: number, group: string): void =>
      edit(placeOf(row, column), value, group);
    return numberGrid({
      label: channels === 1 ? label : `${label}, ${CHANNELS[c]}`,
      ...{ rows: kH, columns: kW, value: valueAt },
      scale: "signed",
      largest: Math.max(...values.map(Math.abs)),
      describe: (row, column) => `weight ${row}, ${column}: ${fullNumber(valueAt(row, column))}`,
      ...(isEdited ? { onEdit } : {}),
    });
  });
}

const limited = (value: number): number => Math.min(100, Math.max(-100, value));
