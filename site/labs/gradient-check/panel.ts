/** The controls: layer, mistake, numbers, and the sizes of what is checked. */
import { curveSteps } from "leibniz/gradcheck";
import { CHECKED_LAYERS, hasWindows, mistakeNames } from "leibniz/tracing";
import { html, nothing, type TemplateResult } from "lit-html";
import { choice, slider } from "../frame/controls.js";
import type { CheckResult } from "./compute.js";
import type { Lab, Shown } from "../frame/lab.js";
import { NONE, sizesOf, type State, TYPES } from "./state.js";
import { power } from "./words.js";

export type CheckLab = Lab<State, CheckResult>;
/** The newest answer, and the state that it is of. */
export type Seen = Shown<State, CheckResult>;

const LAYERS: Readonly<Record<State["layer"], string>> = {
  conv2d: "convolution",
  affine: "affine layer",
  relu: "rectifier",
  maxPool2d: "max pooling",
  averagePool2d: "average pooling",
  softmaxCrossEntropy: "softmax and cross-entropy",
  batchNorm2d: "batch normalisation",
  im2col: "im2col, with col2im",
};

/** What another layer or other sizes make of numbers that were typed: nothing. */
const DRAWN = { x: [], u: [], entry: 0, one: 0 } as const;

const redrawn = ({ upstream }: State): Partial<State> => ({
  ...DRAWN,
  upstream: upstream === "own" ? "random" : upstream,
});

/** What a layer begins with, so that what is peculiar to it can be seen. */
const BEGINNINGS: Readonly<Record<State["layer"], Partial<State>>> = {
  conv2d: { size: [4, 5], kernel: [3, 2], stride: [1, 1], padding: [0, 0] },
  affine: {},
  relu: { size: [4, 5] },
  maxPool2d: { size: [4, 5], kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1] },
  averagePool2d: { size: [4, 5], kernel: [3, 2], stride: [1, 1], padding: [0, 0] },
  softmaxCrossEntropy: { outputs: 4, images: 2 },
  batchNorm2d: { size: [2, 3], images: 2 },
  im2col: { size: [4, 5], kernel: [3, 2], stride: [1, 1], padding: [0, 0] },
};

export function panel(lab: CheckLab): TemplateResult {
  const { state } = lab;
  return html`<div class="controls">
      ${choice({
        label: "layer",
        value: state.layer,
        options: CHECKED_LAYERS.map((layer) => [layer, LAYERS[layer]] as const),
        onInput: (layer) =>
          lab.set({
            ...redrawn(state),
            images: 1,
            channels: 1,
            ...BEGINNINGS[layer],
            layer,
            mistake: NONE,
            gradient: "x",
          }),
      })}
      ${choice({
        label: "mistake",
        value: state.mistake,
        options: [
          [NONE, "none"],
          ...mistakeNames(state.layer).map(({ name, label }) => [name, label] as const),
        ],
        onInput: (mistake) => lab.set({ mistake }),
      })}
      ${choice({
        label: "type",
        value: state.type,
        options: TYPES.map((type) => [type, type] as const),
        onInput: (type) => lab.set({ type }),
      })}
      ${stepSlider(lab)}
      ${choice({
        label: "dOut",
        value: state.upstream,
        options: [
          ["random", "random"],
          ["ones", "all ones"],
          ["one", "one entry"],
          ...(state.upstream === "own" ? ([["own", "as typed"]] as const) : []),
        ],
        onInput: (upstream) => lab.set({ upstream, u: [] }),
      })}
      ${slider({
        label: "seed",
        value: state.seed,
        least: 0,
        most: Math.max(50, state.seed),
        onInput: (seed, group) => lab.set({ ...redrawn(state), seed }, { group }),
      })}
    </div>
    ${geometry(lab)}`;
}

/** h itself. */
export const stepOf = ({ h }: State): number => curveSteps()[-4 - h]!;

/** The step on its own logarithmic scale, four places a decade. */
export function stepSlider(lab: CheckLab): TemplateResult {
  const { state } = lab;
  return slider({
    label: "step h",
    value: state.h,
    least: -48,
    most: -4,
    text: power(stepOf(state)),
    onInput: (h, group) => lab.set({ h }, { group }),
  });
}

function geometry(lab: CheckLab): TemplateResult {
  const { state } = lab;
  const count = (
    label: string,
    field: "images" | "channels" | "filters" | "features" | "outputs",
    least: number,
    most: number,
  ): TemplateResult =>
    slider({
      label,
      value: state[field],
      least,
      most,
      onInput: (value, group) => lab.set({ ...redrawn(state), [field]: value }, { group }),
    });
  const pair = (
    [h, w]: readonly [string, string],
    field: "size" | "kernel" | "stride" | "padding" | "dilation",
    least: number,
    most: number,
  ): TemplateResult[] =>
    [h, w].map((label, axis) =>
      slider({
        label,
        value: state[field][axis]!,
        least,
        most,
        onInput: (value, group) =>
          lab.set({ ...redrawn(state), [field]: state[field].with(axis, value) }, { group }),
      }),
    );
  const { layer } = state;
  const isTable = layer === "affine" || layer === "softmaxCrossEntropy";
  const isLoss = layer === "softmaxCrossEntropy";
  const hasPlanes = !isTable && layer !== "im2col";
  return html`<details class="sizes" .open=${state.sizes} @toggle=${(event: Event) => {
    const { open } = event.target as HTMLDetailsElement;
    if (open !== lab.state.sizes) lab.set({ sizes: open }, { group: "fold" });
  }}>
    <summary>Sizes: ${inWords(state)}</summary>
    <div class="controls">
      ${layer === "im2col" ? nothing : count("images", "images", 1, 2)}
      ${hasPlanes ? count("channels", "channels", 1, 2) : nothing}
      ${layer === "conv2d" ? count("filters", "filters", 1, 2) : nothing}
      ${layer === "affine" ? count("features", "features", 1, 6) : nothing}
      ${isTable ? count(isLoss ? "classes" : "outputs", "outputs", 2, 5) : nothing}
      ${isTable ? nothing : pair(["height H", "width W"], "size", 1, 5)}
      ${
        hasWindows(sizesOf(state).layer)
          ? [
              pair(["kH", "kW"], "kernel", 1, 3),
              pair(["strideH", "strideW"], "stride", 1, 3),
              pair(["padH", "padW"], "padding", 0, 1),
              pair(["dilationH", "dilationW"], "dilation", 1, 2),
            ]
          : nothing
      }
    </div>
  </details>`;
}

function inWords(state: State): string {
  const { layer, images, channels, filters, features, outputs } = state;
  const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  if (layer === "affine")
    return `${many(images, "image")}, ${many(features, "feature")}, ${many(outputs, "output")}`;
  if (layer === "softmaxCrossEntropy") return `${many(images, "image")}, ${outputs} classes`;
  const image = `${many(images, "image")}, ${many(channels, "channel")}, ${state.size.join("×")}`;
  if (!hasWindows(layer)) return image;
  const ofFilters = layer === "conv2d" ? `, ${many(filters, "filter")}` : "";
  return (
    `${image}${ofFilters}, window ${state.kernel.join("×")}, stride ` +
    `${state.stride.join("×")}, padding ${state.padding.join("×")}`
  );
}
