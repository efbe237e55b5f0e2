/** What the step is of: network, image, class, optimizer, and how many steps. */
import { html, type TemplateResult } from "lit-html";
import { choice, slider } from "../frame/controls.js";
import { shortNumber } from "../frame/short-number.js";
import { CLASSES, NETWORK_WORDS, type NetworkName, type OptimizerName } from "./networks.js";
import { nameOf, PICTURES, type PictureName } from "./pictures.js";
import type { OneStepLab } from "./scene.js";
import { MOST_STEPS, type OneStepState, RATES } from "./state.js";

const OPTIMIZER_WORDS = { sgd: "SGD", momentum: "momentum", adam: "Adam" } as const;

const PLANT_WORDS = { none: "nothing", nan: "a NaN", infinity: "an infinite number" } as const;

const entriesOf = <K extends string>(words: Readonly<Record<K, string>>): [K, string][] =>
  Object.entries(words) as [K, string][];

export function benchControls(lab: OneStepLab): TemplateResult {
  const { state } = lab;
  const picture = nameOf(state.image);
  return html`<div class="controls wide-choices">
    ${choice<PictureName | "own">({
      label: "image",
      value: picture ?? "own",
      options: [
        ...(Object.keys(PICTURES) as PictureName[]).map((name): [PictureName, string] => [
          name,
          PICTURES[name].words,
        ]),
        ...(picture === null ? [["own", "your own"] as [PictureName | "own", string]] : []),
      ],
      onInput: (name) => {
        if (name === "own") return;
        const { pixels, label } = PICTURES[name];
        lab.set({ image: [...pixels], label });
      },
    })}
    ${choice({
      label: "class",
      value: String(state.label),
      options: CLASSES.map((words, i): [string, string] => [String(i), `${i}, ${words}`]),
      onInput: (label) => lab.set({ label: Number(label) }),
    })}
    ${choice<NetworkName>({
      label: "network",
      value: state.network,
      options: entriesOf(NETWORK_WORDS),
      onInput: (network) => lab.set({ network, path: "none" }),
    })}
    ${choice<OptimizerName>({
      label: "optimizer",
      value: state.optimizer,
      options: entriesOf(OPTIMIZER_WORDS),
      onInput: (optimizer) => lab.set({ optimizer, path: "none" }),
    })}
    ${choice<OneStepState["rate"]>({
      label: "learning rate",
      value: state.rate,
      options: RATES.map((rate) => [rate, rate]),
      onInput: (rate) => lab.set({ rate }),
    })}
    ${choice<OneStepState["plant"]>({
      label: "plant",
      value: state.plant,
      options: entriesOf(PLANT_WORDS),
      onInput: (plant) => lab.set({ plant }),
    })}
    ${slider({
      label: "weights, seed",
      name: "seed",
      value: state.seed,
      least: 0,
      most: Math.max(50, state.seed),
      onInput: (seed, group) => lab.set({ seed }, { group }),
    })}
  </div>`;
}

/** Which step is seen, and the ways to the next. */
export function stepBar(lab: OneStepLab): TemplateResult {
  const { state, shown } = lab;
  const losses = shown?.result.losses ?? [];
  const [first, last] = [losses[0], losses.at(-1)];
  return html`<div class="step-bar">
    <button
      type="button"
      ?disabled=${state.step === 1}
      @click=${() => lab.set({ step: state.step - 1 })}
    >
      Step before
    </button>
    <button
      type="button"
      ?disabled=${state.step === MOST_STEPS}
      @click=${() => lab.set({ step: state.step + 1 })}
    >
      Next step
    </button>
    <span
      >Step <b>${state.step}</b>. Loss
      ${last === undefined ? "…" : html`<b class="loss-now">${shortNumber(last)}</b>`}${
        losses.length > 1 ? html`, in step 1 ${shortNumber(first!)}` : ""
      }.</span
    >
  </div>`;
}
