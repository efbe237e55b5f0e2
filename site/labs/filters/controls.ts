/** What can be chosen but for the filter: the picture, how a window goes over it, the shift. */
import { html, nothing, type TemplateResult } from "lit-html";
import { choice, slider, tabs, toggle } from "../frame/controls.js";
import type { Lab } from "../frame/lab.js";
import type { FiltersNumbers } from "./compute.js";
import type { FileSource } from "./file-source.js";
import { presets, resized } from "./presets.js";
import type { FiltersState, PictureKind } from "./state.js";

type FiltersLab = Lab<FiltersState, FiltersNumbers>;

const KINDS: readonly (readonly [PictureKind, string])[] = [
  ["digit", "a digit"],
  ["scene", "a scene"],
  ["drawing", "your drawing"],
];

export function pictureControls(lab: FiltersLab, file: FileSource): TemplateResult {
  const { state } = lab;
  const isSmall = state.picture === "digit" || state.picture === "drawing";
  const take = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const [chosen] = input.files ?? [];
    if (chosen !== undefined) void file.take(lab, chosen);
    input.value = ""; // the same file can be chosen again
  };
  return html`<div class="controls">${choice<PictureKind>({
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
          label: "side in pixels",
          value: state.side,
          least: 24,
          most: 64,
          step: 8,
          onInput: (side, group) => lab.set({ side }, { group }),
        })}
        ${toggle({
          label: "red, green and blue: 3 channels",
          value: state.colour,
          onInput: (colour) => lab.set({ colour }),
        })}`
  }</div>`;
}

export function modeTabs(lab: FiltersLab): TemplateResult {
  const { state } = lab;
  return tabs({
    label: "What the window does",
    value: state.mode,
    options: [
      ["conv", "Filter"],
      ["max", "Max pooling"],
      ["average", "Average pooling"],
    ],
    onInput: (mode) => lab.set(mode === "conv" ? filtering : pooling(mode, state)),
  });
}

const filtering: Partial<FiltersState> = {
  mode: "conv",
  ...{ kernel: [3, 3], weight: presets["Sobel x"] },
  ...{ stride: 1, padding: 0, dilation: 1 },
};

/** As a pooling usually is: windows side by side. */
const pooling = (mode: "max" | "average", state: FiltersState): Partial<FiltersState> => ({
  mode,
  ...withKernel(state, [2, 2]),
  ...{ stride: 2, padding: 0, dilation: 1 },
});

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

export function windowControls(lab: FiltersLab): TemplateResult {
  const { state } = lab;
  const [kH, kW] = state.kernel as [number, number];
  const one = (name: "stride" | "padding" | "dilation", least: number): TemplateResult =>
    slider({
      label: name,
      value: state[name],
      least,
      most: 4,
      onInput: (value, group) => lab.set({ [name]: value }, { group }),
    });
  const side = (label: string, value: number, to: (value: number) => [number, number]) =>
    slider({
      ...{ label, value },
      least: 1,
      most: 5,
      onInput: (count, group) => lab.set(withKernel(state, to(count)), { group }),
    });
  return html`<div class="controls">
    ${one("stride", 1)} ${one("padding", 0)} ${one("dilation", 1)}
    ${side("rows kH", kH, (rows) => [rows, kW])}
    ${side("columns kW", kW, (columns) => [kH, columns])}
  </div>`;
}

export function shiftControls(lab: FiltersLab): TemplateResult {
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
  return html`<div class="controls">${one("dx", "moved right")} ${one("dy", "moved down")}
  ${slider({
    label: "pooling",
    value: state.pool,
    least: 2,
    most: 4,
    text: `${state.pool} × ${state.pool}`,
    onInput: (pool, group) => lab.set({ pool }, { group }),
  })}</div>`;
}
