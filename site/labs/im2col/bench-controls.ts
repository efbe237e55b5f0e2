/** The sizes and numbers that all views share. */
import { html, type TemplateResult } from "lit-html";
import { slider, tabs } from "../frame/controls.js";
import type { Scene } from "./scene.js";
import { reshaped } from "./settle.js";
import { type Im2colState, MOST, VIEWS } from "./state.js";

const NAMES: Readonly<Record<Im2colState["view"], string>> = {
  columns: "Columns",
  receipt: "A pixel’s receipt",
  drip: "Drip",
  roads: "Two roads",
  overlap: "Overlap",
};

export function viewTabs({ lab }: Scene): TemplateResult {
  return tabs({
    label: "View",
    value: lab.state.view,
    options: VIEWS.map((view) => [view, NAMES[view]] as const),
    onInput: (view) => lab.set({ view }),
  });
}

/** On a phone the sizes would push everything else off the screen. */
const isWide = matchMedia("(min-width: 60rem)").matches;

type Single = "channels" | "filters" | "stride" | "padding" | "dilation";

export function geometryControls(scene: Scene): TemplateResult {
  const { lab } = scene;
  const { state } = lab;
  const set = (change: Partial<Im2colState>, group: string): void =>
    lab.set(reshaped(state, change), { group });
  const extent = (name: "size" | "kernel", axis: 0 | 1, label: string): TemplateResult =>
    slider({
      label,
      value: state[name][axis]!,
      least: 1,
      most: MOST[name],
      onInput: (value, group) => set({ [name]: state[name].with(axis, value) } as never, group),
    });
  const single = (name: Single, least: number, most: number): TemplateResult =>
    slider({
      label: name,
      value: state[name],
      least,
      most,
      onInput: (value, group) => set({ [name]: value } as never, group),
    });
  return html`<details class="geometry" ?open=${isWide && !lab.isEmbedded}>
    <summary>Sizes: ${summaryOf(scene)}</summary>
    <div class="controls">
      ${extent("size", 0, "image height H")} ${extent("size", 1, "image width W")}
      ${extent("kernel", 0, "filter height kH")}
      ${extent("kernel", 1, "filter width kW")} ${single("stride", 1, MOST.stride)}
      ${single("padding", 0, MOST.padding)} ${single("dilation", 1, MOST.dilation)}
      ${single("channels", 1, 2)} ${single("filters", 1, 2)}
    </div>
  </details>`;
}

function summaryOf({ numbers: { geometry }, state }: Scene): string {
  const { H, W, kH, kW, outH, outW } = geometry;
  const { channels: C, filters: K } = state;
  return (
    `x [${C}, ${H}, ${W}], weight [${K}, ${C}, ${kH}, ${kW}], stride ${state.stride}, ` +
    `padding ${state.padding}, dilation ${state.dilation}: out [${K}, ${outH}, ${outW}]`
  );
}

export function numberControls({ lab, numbers }: Scene): TemplateResult {
  const { state } = lab;
  const isPainting = state.tool === "paint";
  const again = (): void =>
    lab.set({ seed: (state.seed + 1) % 10_000, x: [], weight: [], dOut: [] });
  return html`<div class="tools">
    ${tabs({
      label: "What a press on a cell does",
      value: state.tool,
      options: [
        ["choose", "Choose cells"],
        ["paint", "Paint cells"],
      ],
      onInput: (tool) => lab.set({ tool }),
    })}
    ${
      isPainting
        ? slider({
            label: "paint with",
            value: state.brush,
            least: -9,
            most: 9,
            onInput: (brush, group) => lab.set({ brush }, { group }),
          })
        : ""
    }
    <button type="button" @click=${again}>New numbers</button>
    <button type="button" @click=${() => lab.set({ x: numbers.x.map(() => 0) })}>
      Black image
    </button>
    <button type="button" @click=${() => lab.set({ weight: numbers.weight.map(() => 0) })}>
      Filters of zeros
    </button>
  </div>`;
}
