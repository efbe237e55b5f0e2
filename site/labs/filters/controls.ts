/** All that can be chosen: the picture, the filter, and how its window goes over it. */
import { html, nothing, type TemplateResult } from "lit-html";
import { choice, slider, tabs, toggle } from "../frame/controls.js";
import type { Lab } from "../frame/lab.js";
import type { FiltersNumbers } from "./compute.js";
import type { FileSource } from "./file-source.js";
import { type Preset, presetNames, presetOf, presets, resized } from "./presets.js";
import { channelsOf, type FiltersState, type PictureKind } from "./state.js";

type FiltersLab = Lab<FiltersState, FiltersNumbers>;

export function controls(lab: FiltersLab, file: FileSource): TemplateResult {
  const { state } = lab;
  return html`<div class="controls">
      ${pictureControls(lab, file)} ${state.view === "shift" ? shiftControls(lab) : nothing}
    </div>
    <div class="controls">${filterControls(lab)} ${windowControls(lab)}</div>`;
}

const KINDS: readonly (readonly [PictureKind, string])[] = [
  ["digit", "a digit"],
  ["scene", "a scene"],
  ["drawing", "your drawing"],
];

function pictureControls(lab: FiltersLab, file: FileSource): TemplateResult {
  const { state } = lab;
  const isSmall = state.picture === "digit" || state.picture === "drawing";
  const take = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const [chosen] = input.files ?? [];
    if (chosen !== undefined) void file.take(lab, chosen);
    input.value = ""; // the same file can be chosen again
  };
  return html`${choice<PictureKind>({
    label: "picture",
    value: state.picture,
    options: file.has ? [...KINDS, ["file", "your file"]] : KINDS,
    onInput: (picture) => lab.set({ picture }),
  })}
  <div class="control">
    <label class="file"
      ><span>your own: choose, drop or paste</span>
      <input type="file" accept="image/*" @change=${take} />
    </label>
  </div>
  ${
    state.picture === "digit"
      ? slider({
          label: "digit",
          value: state.digit,
          least: 0,
          most: 9,
          onInput: (digit, group) => lab.set({ digit }, { group }),
        })
      : nothing
  }
  ${
    isSmall
      ? nothing
      : html`${slider({
          label: "longer side",
          value: state.side,
          least: 24,
          most: 64,
          step: 8,
          text: `${state.side} pixels`,
          onInput: (side, group) => lab.set({ side }, { group }),
        })}
        ${toggle({
          label: "red, green and blue: 3 channels",
          value: state.colour,
          onInput: (colour) => lab.set({ colour }),
        })}`
  }`;
}

function filterControls(lab: FiltersLab): TemplateResult {
  const { state } = lab;
  const isConv = state.mode === "conv" || state.view === "shift";
  const [kH, kW] = state.kernel as [number, number];
  return html`${
    state.view === "shift"
      ? nothing
      : tabs({
          label: "What the window does",
          value: state.mode,
          options: [
            ["conv", "Filter"],
            ["max", "Max pooling"],
            ["average", "Average pooling"],
          ],
          onInput: (mode) => lab.set(mode === "conv" ? { mode } : pooling(mode, state)),
        })
  }
  ${
    isConv
      ? html`${choice<Preset | "own">({
          label: "filter",
          value: presetOf(state.weight, state.kernel) ?? "own",
          options: [
            ...presetNames.map((name) => [name, name] as const),
            ["own", "your own values"],
          ],
          onInput: (name) =>
            name === "own"
              ? lab.update()
              : lab.set({ kernel: [3, 3], weight: inAll(state, presets[name]) }),
        })}
          ${toggle({
            label: "turned by half a turn",
            value: state.turned,
            onInput: (turned) => lab.set({ turned }),
          })}`
      : nothing
  }
  ${slider({
    label: "rows kH",
    value: kH,
    least: 1,
    most: 5,
    onInput: (rows, group) => lab.set(withKernel(state, [rows, kW]), { group }),
  })}
  ${slider({
    label: "columns kW",
    value: kW,
    least: 1,
    most: 5,
    onInput: (columns, group) => lab.set(withKernel(state, [kH, columns]), { group }),
  })}`;
}

/** As a pooling usually is: windows side by side. */
const pooling = (mode: "max" | "average", state: FiltersState): Partial<FiltersState> => ({
  mode,
  ...withKernel(state, [2, 2]),
  ...{ stride: 2, padding: 0, dilation: 1 },
});

/** One plane of weights in every channel. */
const inAll = (state: FiltersState, plane: readonly number[]): number[] =>
  Array.from({ length: channelsOf(state) }, () => plane).flat();

/** Another size, with the weights around its middle kept. */
function withKernel(
  { kernel, weight }: FiltersState,
  to: readonly [number, number],
): Partial<FiltersState> {
  const from = kernel as [number, number];
  const plane = from[0] * from[1];
  const channels = weight.length / plane;
  const planes = Array.from({ length: channels }, (_, c) =>
    resized(weight.slice(c * plane, (c + 1) * plane), from, to),
  );
  return { kernel: to, weight: planes.flat() };
}

function windowControls(lab: FiltersLab): TemplateResult {
  const { state } = lab;
  const one = (name: "stride" | "padding" | "dilation", least: number): TemplateResult =>
    slider({
      label: name,
      value: state[name],
      least,
      most: 4,
      onInput: (value, group) => lab.set({ [name]: value }, { group }),
    });
  return html`${one("stride", 1)} ${one("padding", 0)} ${one("dilation", 1)}`;
}

function shiftControls(lab: FiltersLab): TemplateResult {
  const { state } = lab;
  const pixels = (count: number): string => `${count} pixel${Math.abs(count) === 1 ? "" : "s"}`;
  const one = (name: "dx" | "dy", label: string): TemplateResult =>
    slider({
      label,
      value: state[name],
      least: -8,
      most: 8,
      text: pixels(state[name]).replace("-", "−"),
      onInput: (value, group) => lab.set({ [name]: value }, { group }),
    });
  return html`${one("dx", "moved right")} ${one("dy", "moved down")}
  ${slider({
    label: "pooling",
    value: state.pool,
    least: 2,
    most: 4,
    text: `${state.pool} × ${state.pool}`,
    onInput: (pool, group) => lab.set({ pool }, { group }),
  })}`;
}
