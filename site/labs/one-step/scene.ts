/** What the views share: the answer that is shown, the open number, and ways to change it. */
import { type Address, inputsOf, type TracedTensor } from "leibniz/tracing";
import { announce } from "../../client/dom.js";
import type { Lab } from "../frame/lab.js";
import { fullNumber } from "../frame/short-number.js";
import { nameOf, placeOf } from "./names.js";
import { isSameAddress, LONGEST_PATH, pathOf, writtenPath } from "./address.js";
import type { OneStepNumbers, Opened } from "./compute.js";
import type { OneStepState } from "./state.js";

export type OneStepLab = Lab<OneStepState, OneStepNumbers>;

export interface Scene {
  readonly lab: OneStepLab;
  /** The state that the numbers are of. */
  readonly state: OneStepState;
  readonly numbers: OneStepNumbers;
  readonly tensors: ReadonlyMap<string, TracedTensor>;
  /** The number that is open. */
  readonly opened: Opened | null;
  /** What it is made of, as `tensor-index`. */
  readonly inputs: ReadonlySet<string>;
  /** The stage behind which nothing is shown, since a number there is not finite. */
  readonly brokenAt: number | null;
}

export function sceneOf(lab: OneStepLab): Scene | null {
  if (lab.shown === null) return null;
  const { state, result: numbers } = lab.shown;
  const opened = numbers.trail.at(-1) ?? null;
  const inputs = opened?.origin == null ? [] : inputsOf(opened.origin.expression);
  return {
    ...{ lab, state, numbers, opened },
    tensors: new Map(numbers.tensors.map((tensor) => [tensor.name, tensor])),
    inputs: new Set(inputs.map(({ tensor, index }) => `${tensor}-${index}`)),
    brokenAt: brokenAt(numbers),
  };
}

/** The first tensor that was made in the step and holds a number that is none. */
function brokenAt({ stages, notFinite }: OneStepNumbers): number | null {
  const isBroken = (name: string): boolean => notFinite.some(({ tensor }) => tensor === name);
  const at = stages.findIndex(({ kind, makes }) => kind !== "image" && makes.some(isBroken));
  return at < 0 ? null : at;
}

/** The stage that is seen: that of the state, or the one that it could not get past. */
export function seenStage({ state, numbers, brokenAt: broken }: Scene): number {
  const asked = Math.min(state.stage, numbers.stages.length - 1);
  return broken === null || state.goOn ? asked : Math.min(asked, broken);
}

export const valueAt = ({ tensors }: Scene, { tensor, index }: Address): number =>
  tensors.get(tensor)?.data[index] ?? Number.NaN;

/** Opens a number: from the one that is open if it is made of it, or else anew. */
export function open(scene: Scene, address: Address): void {
  const { lab, inputs } = scene;
  const path = pathOf(lab.state.path);
  const known = path.findIndex((one) => isSameAddress(one, address));
  const isInput = inputs.has(`${address.tensor}-${address.index}`);
  const next =
    known >= 0
      ? path.slice(0, known + 1)
      : isInput && path.length < LONGEST_PATH
        ? [...path, address]
        : [address];
  announce(`${placeOf(scene, address)} is ${fullNumber(valueAt(scene, address))}. It is open.`);
  lab.set({ path: writtenPath(next) });
  toPanel();
}

/** On a narrow screen the panel is below the grids: there a tap goes to it. */
function toPanel(): void {
  if (matchMedia("(min-width: 60rem)").matches) return;
  document.querySelector(".provenance")?.scrollIntoView({ block: "start" });
}

/** Whether a tensor is of what comes back. */
export const isGradient = (tensor: string): boolean => /(?:^|\.)d[A-Z]/.test(tensor);

export function goTo(scene: Scene, stage: number): void {
  const { lab, numbers, brokenAt: broken, state } = scene;
  const last = numbers.stages.length - 1;
  const wanted = Math.max(0, Math.min(stage, last));
  if (broken !== null && !state.goOn && wanted > broken) {
    announce(`It stops here: ${nameOf(firstBroken(scene)!.tensor)} is not finite.`);
    return lab.set({ stage: broken });
  }
  announce(stageWords(numbers.stages[wanted]!));
  lab.set({ stage: wanted });
}

/** The first number that was made in the step and is none. */
export function firstBroken({ numbers, brokenAt: broken }: Scene) {
  if (broken === null) return null;
  const { makes } = numbers.stages[broken]!;
  return numbers.notFinite.find(({ tensor }) => makes.includes(tensor)) ?? null;
}

/** A stage in a few words. */
export function stageWords({ kind, layer }: OneStepNumbers["stages"][number]): string {
  if (kind === "forward") return `${layer} forward`;
  if (kind === "backward") return layer === null ? "loss backward" : `${layer} backward`;
  return kind === "loss" ? "loss" : kind;
}
