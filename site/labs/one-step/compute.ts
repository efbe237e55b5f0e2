/** Takes the steps that a state asks for, and tells of every number of the last one. */
import {
  Affine,
  Conv2d,
  Flatten,
  type Layer,
  MaxPool2d,
  type NamedLayer,
  Relu,
} from "leibniz/backprop";
import { pytorchDefault } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import {
  type Address,
  addendsOf,
  evaluate,
  type NotFinite,
  notFiniteIn,
  type Nudged,
  nudge,
  type Origin,
  originOf,
  tracedParameters,
  type TracedStage,
  type TracedStep,
  type TracedTensor,
  traceStep,
  type UpdateRule,
} from "leibniz/tracing";
import { Adam, type Optimizer, Sgd } from "leibniz/training";
import { addressOf, pathOf } from "./address.js";
import { type LayerPlan, NETWORKS, SIZE } from "./networks.js";
import type { OneStepState } from "./state.js";

/** A number that was opened. */
export interface Opened extends Address {
  readonly value: number;
  /** Null for a number that the step began with. */
  readonly origin: Origin | null;
  /** What its inputs make of it; the value itself where there are none. */
  readonly again: number;
  /** What each addend comes to, if it is a sum. */
  readonly addends: readonly number[];
}

/** Which equation makes a tensor. */
export type Maker = Pick<Origin, "chapter" | "tag" | "words">;

export interface OneStepNumbers {
  readonly tensors: readonly TracedTensor[];
  readonly stages: readonly TracedStage[];
  readonly makers: Readonly<Record<string, Maker>>;
  /** The last is the one that is seen; those before it led there. */
  readonly trail: readonly Opened[];
  readonly notFinite: readonly NotFinite[];
  /** Before each step so far. */
  readonly losses: readonly number[];
  readonly nudge: NudgeNumbers | null;
}

export interface NudgeNumbers extends Address {
  readonly gradient: string;
  readonly slope: number;
  readonly value: number;
  /** The loss without a nudge. */
  readonly loss: number;
  readonly now: Nudged;
  /** Along the curve, from left to right. */
  readonly curve: readonly Nudged[];
}

/** How far the curve goes to either side, and how many points it has. */
export const REACH = 4;
const POINTS = 65;

const storage = { dtype: "float64" } as const;

function layerOf({ kind, weight = [], stride = 1, padding = 0 }: LayerPlan): Layer {
  switch (kind) {
    case "conv2d": {
      const [outChannels, inChannels, ...kernel] = weight as [number, number, number, number];
      return new Conv2d({ inChannels, outChannels, kernelSize: kernel, stride, padding }, storage);
    }
    case "affine":
      return new Affine({ inFeatures: weight[1]!, outFeatures: weight[0]! }, storage);
    case "relu":
      return new Relu();
    case "maxPool2d":
      return new MaxPool2d({ kernelSize: stride });
    case "flatten":
      return new Flatten();
  }
}

export function ruleOf({ optimizer, rate }: Pick<OneStepState, "optimizer" | "rate">): UpdateRule {
  const learningRate = Number(rate);
  return optimizer === "adam"
    ? { kind: "adam", learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    : { kind: "sgd", learningRate, momentum: optimizer === "momentum" ? 0.9 : 0 };
}

function optimizerOf(layers: readonly NamedLayer[], { kind, ...options }: UpdateRule): Optimizer {
  const parameters = tracedParameters(layers);
  return kind === "adam"
    ? new Adam(parameters, options)
    : new Sgd(parameters, options as { learningRate: number });
}

const PLANTED = { none: 0, nan: Number.NaN, infinity: Infinity } as const;

/** The network before its first step. */
export function begin(state: OneStepState): Parameters<typeof traceStep>[0] {
  const random = new Random(state.seed);
  const plans: readonly LayerPlan[] = NETWORKS[state.network];
  const layers = plans.map((plan) => ({ name: plan.name, layer: layerOf(plan) }));
  const x = Tensor.from([...state.image], [1, 1, SIZE, SIZE], "float64");
  const starts = new Map([["x", x]]);
  for (const { name, parameter } of tracedParameters(layers)) {
    pytorchDefault(parameter, random.split(name));
    starts.set(name, parameter.value);
  }
  if (state.plant !== "none") {
    const { tensor, index } = addressOf(state.plantAt)!;
    starts.get(tensor)!.data[index] = PLANTED[state.plant];
  }
  return { layers, x, label: state.label, optimizer: optimizerOf(layers, ruleOf(state)) };
}

/** What only another step, or another number to nudge, makes anew. */
interface Memory {
  readonly of: string;
  readonly setup: ReturnType<typeof begin>;
  readonly taken: TracedStep[];
  curve: { readonly of: string; readonly points: readonly Nudged[] } | null;
}

let memory: Memory | null = null;

/** The steps of a state, those from before where only the view has changed. */
async function stepsOf(state: OneStepState): Promise<Memory> {
  const { network, image, label, seed, optimizer, rate, plant, plantAt } = state;
  const of = JSON.stringify([network, image, label, seed, optimizer, rate, plant, plantAt]);
  if (memory?.of !== of) memory = { of, setup: begin(state), taken: [], curve: null };
  const { taken, setup } = memory;
  while (taken.length < state.step) taken.push(await traceStep(setup));
  return memory;
}

export async function compute(state: OneStepState): Promise<OneStepNumbers> {
  const steps = await stepsOf(state);
  const rule = ruleOf(state);
  const traced = steps.taken[state.step - 1]!;
  const losses = steps.taken
    .slice(0, state.step)
    .map(({ tensors }) => tensors.get("loss")!.data[0]!);
  const { tensors, stages } = traced;
  const read = ({ tensor, index }: Address): number => tensors.get(tensor)!.data[index]!;
  const trail = pathOf(state.path).map((address): Opened => {
    const origin = originOf(traced, address, rule);
    const value = read(address);
    const again = origin === null ? value : evaluate(origin.expression, read);
    const addends = origin === null ? [] : addendsOf(origin.expression);
    return { ...address, value, origin, again, addends: addends.map((one) => evaluate(one, read)) };
  });
  const makers = [...tensors.keys()].flatMap((tensor) => {
    const origin = originOf(traced, { tensor, index: 0 }, rule);
    if (origin === null) return [];
    const { chapter, tag, words } = origin;
    return [[tensor, { chapter, tag, words }] as const];
  });
  return {
    tensors: [...tensors.values()],
    ...{ stages, trail, losses, makers: Object.fromEntries(makers) },
    notFinite: notFiniteIn(traced),
    nudge: state.view === "nudge" ? await nudged(traced, state, steps) : null,
  };
}

async function nudged(
  traced: TracedStep,
  state: OneStepState,
  steps: Memory,
): Promise<NudgeNumbers> {
  const address = addressOf(state.nudged)!;
  const of = `${state.step} ${state.nudged}`;
  if (steps.curve?.of !== of) {
    const delta = (_: unknown, i: number): number => -REACH + (2 * REACH * i) / (POINTS - 1);
    const deltas = Array.from({ length: POINTS }, delta);
    steps.curve = { of, points: await nudge(traced, address, deltas) };
  }
  const [now] = await nudge(traced, address, [state.delta]);
  const parameter = tracedParameters(traced.setup.layers).find(
    ({ name }) => name === address.tensor,
  );
  const gradient = parameter?.gradient ?? `${traced.setup.layers[0]!.name}.dX`;
  const slope = traced.tensors.get(gradient)!.data[address.index]!;
  const value = traced.tensors.get(address.tensor)!.data[address.index]!;
  const loss = traced.tensors.get("loss")!.data[0]!;
  const curve = steps.curve.points;
  return { ...address, gradient, slope, value, loss, now: now!, curve };
}
