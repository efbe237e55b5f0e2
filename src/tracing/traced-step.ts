/**
 * One step of training on one example, with every number of every tensor kept: forward, loss,
 * backward, update. The layers and the optimizer are the engine's own.
 */
import {
  MaxPool2d,
  maxPool2dForward,
  type NamedLayer,
  type Parameter,
  type Pass,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
} from "../backprop/index.js";
import { reference } from "../kernels/index.js";
import { Tensor } from "../tensor/index.js";
import type { Optimizer } from "../training/index.js";
import { entry, evaluate, type Expression, sum } from "./expression.js";
import { shiftedLogit } from "./loss-provenance.js";

/** A tensor as it was in the step. */
export interface TracedTensor {
  /** Such as `conv1.dWeight`; what an update makes of a tensor has `.new` behind its name. */
  readonly name: string;
  /** Empty for a scalar. */
  readonly shape: readonly number[];
  /** In row-major order. */
  readonly data: readonly number[];
}

/** One thing that is done in a step. */
export interface TracedStage {
  /** `update` is that of all parameters. */
  readonly kind: "image" | "forward" | "loss" | "backward" | "update";
  /** The layer's name; null for the image, the loss and the update. */
  readonly layer: string | null;
  /** The tensors that it reads, by name. */
  readonly takes: readonly string[];
  /** The tensors that it makes, by name, in the order in which they are made. */
  readonly makes: readonly string[];
}

/** What is needed to take a step. */
export interface StepSetup {
  /** From the image to the logits. */
  readonly layers: readonly NamedLayer[];
  /** Of their parameters. */
  readonly optimizer: Optimizer;
  /** One example, [1, …], in float64. */
  readonly x: Tensor;
  /** Its class. */
  readonly label: number;
}

/** A step that was taken. */
export interface TracedStep {
  /** 1 for the first. */
  readonly step: number;
  /** By name, in the order in which they were made; those that were there before come first. */
  readonly tensors: ReadonlyMap<string, TracedTensor>;
  /** In the order in which they happened. */
  readonly stages: readonly TracedStage[];
  /** See {@link StepSetup}. */
  readonly setup: StepSetup;
  /** Of each max pooling, by its name: the position h·W + w of each window's winner. */
  readonly winners: ReadonlyMap<string, readonly number[]>;
}

/** A parameter, its name in the network, and that of its gradient. */
export interface TracedParameter {
  /** `conv1.weight` */
  readonly name: string;
  /** `conv1.dWeight` */
  readonly gradient: string;
  /** Value and gradient, as they are now. */
  readonly parameter: Parameter;
}

/** The parameters of some layers, in order. */
export function tracedParameters(layers: readonly NamedLayer[]): TracedParameter[] {
  return layers.flatMap(({ name, layer }) =>
    layer.parameters.map((parameter) => ({
      name: `${name}.${parameter.name}`,
      gradient: `${name}.d${parameter.name[0]!.toUpperCase()}${parameter.name.slice(1)}`,
      parameter,
    })),
  );
}

/** Takes one step, which changes the parameters, and tells of every number in it. */
export async function traceStep(setup: StepSetup): Promise<TracedStep> {
  const { layers, x, optimizer } = setup;
  const tensors = new Map<string, TracedTensor>();
  const stages: TracedStage[] = [];
  const winners = new Map<string, readonly number[]>();
  const keep = (name: string, { shape, data }: Tensor): string => {
    tensors.set(name, { name, shape: [...shape], data: Array.from(data) });
    return name;
  };
  keep("x", x.contiguous());
  for (const { name, parameter } of tracedParameters(layers)) {
    keep(name, parameter.value.contiguous());
    parameter.zeroGrad();
  }
  for (const [name, state] of runningValues(optimizer)) keep(name, state.contiguous());
  stages.push({ kind: "image", layer: null, takes: [], makes: ["x"] });

  const passes: Pass[] = [];
  let [out, outName] = [x, "x"];
  for (const { name, layer } of layers) {
    const takes = [outName, ...layer.parameters.map((one) => `${name}.${one.name}`)];
    if (layer instanceof MaxPool2d) winners.set(name, await winnersOf(out, layer));
    const pass = await layer.forward(out, { backend: reference, mode: "train" });
    passes.push(pass);
    out = pass.out;
    outName = keep(`${name}.out`, out.contiguous());
    stages.push({ kind: "forward", layer: name, takes, makes: [outName] });
  }
  let dOut = await traceLoss(setup, out, { keep, tensors, stages, logits: outName });
  let dOutName = "dLogits";
  for (const [at, { name, layer }] of [...layers.entries()].reverse()) {
    const own = tracedParameters([{ name, layer }]);
    const input = at === 0 ? "x" : `${layers[at - 1]!.name}.out`;
    const takes = [dOutName, input, ...own.map((one) => one.name)];
    dOut = (await passes[at]!.backward(dOut, true))!;
    for (const { gradient, parameter } of own) keep(gradient, parameter.grad.contiguous());
    dOutName = keep(`${name}.dX`, dOut.contiguous());
    const makes = [...own.map(({ gradient }) => gradient), dOutName];
    stages.push({ kind: "backward", layer: name, takes, makes });
  }
  await traceUpdate(setup, { keep, stages });
  return { step: optimizer.steps, tensors, stages, setup, winners };
}

interface Keeping {
  readonly keep: (name: string, tensor: Tensor) => string;
  readonly stages: TracedStage[];
}

/** The loss with what stands between it and the logits. @returns dLogits */
async function traceLoss(
  { label }: StepSetup,
  logits: Tensor,
  now: Keeping & { readonly tensors: ReadonlyMap<string, TracedTensor>; readonly logits: string },
): Promise<Tensor> {
  const { keep, stages, tensors } = now;
  const { out, cache } = await softmaxCrossEntropyForward(logits, [label]);
  const C = logits.shape[1]!;
  const read = ({ tensor, index }: { tensor: string; index: number }): number =>
    tensors.get(tensor)!.data[index]!;
  const done = (name: string, shape: readonly number[], of: readonly Expression[]): string =>
    keep(
      name,
      Tensor.from(
        of.map((one) => evaluate(one, read)),
        shape,
        "float64",
      ),
    );
  // the engine does not keep these two, on the way to its logarithms
  const each = Array.from({ length: C }, (_, c) => c);
  const makes = [keep("targets", cache.targets)];
  makes.push(
    done(
      "z",
      [1, C],
      each.map((c) => shiftedLogit(now.logits, C, c)),
    ),
  );
  const exponentials = each.map((c): Expression => ({ op: "exp", of: [entry("z", c)] }));
  makes.push(done("total", [1], [sum(...exponentials)]));
  makes.push(keep("logP", cache.logP), keep("p", cache.probabilities), keep("loss", out));
  stages.push({ kind: "loss", layer: null, takes: [now.logits], makes });
  const one = Tensor.full([], 1, logits.dtype);
  const { dLogits } = await softmaxCrossEntropyBackward(one, cache);
  const back = keep("dLogits", dLogits);
  stages.push({ kind: "backward", layer: null, takes: ["p", "targets"], makes: [back] });
  return dLogits;
}

async function traceUpdate({ layers, optimizer }: StepSetup, { keep, stages }: Keeping) {
  const parameters = tracedParameters(layers);
  const before = [...runningValues(optimizer).keys()];
  await optimizer.step(reference);
  const makes = [...runningValues(optimizer)].map(([name, state]) => keep(`${name}.new`, state));
  makes.push(...parameters.map(({ name, parameter }) => keep(`${name}.new`, parameter.value)));
  const takes = parameters.flatMap(({ name, gradient }) => [name, gradient]);
  stages.push({ kind: "update", layer: null, takes: [...takes, ...before], makes });
}

/** By names in which the parameter comes first: `conv1.weight.velocity`. */
function runningValues(optimizer: Optimizer): Map<string, Tensor> {
  const named = [...optimizer.state()].map(([name, tensor]): [string, Tensor] => {
    const [kind, ...parameter] = name.split(".");
    return [`${parameter.join(".")}.${kind}`, tensor];
  });
  return new Map(named);
}

async function winnersOf(x: Tensor, layer: MaxPool2d): Promise<readonly number[]> {
  const { cache } = await maxPool2dForward(x, layer.options);
  return Array.from(cache.argmax.data);
}
