/** What a change of one number does to the loss: the real change, and the foreseen one. */
import { type Choices, softmaxCrossEntropyForward } from "../backprop/index.js";
import { reference } from "../kernels/index.js";
import { reject, Tensor } from "../tensor/index.js";
import type { Address } from "./expression.js";
import { type TracedStep, tracedParameters } from "./traced-step.js";

/** The loss with one number changed. */
export interface Nudged {
  /** What was added to it. */
  readonly delta: number;
  /** The loss then, computed anew. */
  readonly loss: number;
  /** loss + gradient · delta: where the tangent is. */
  readonly predicted: number;
  /** How many rectifiers and max poolings decide otherwise than without the change. */
  readonly switched: number;
}

/**
 * Changes one number as it was before the step, and computes the loss again.
 *
 * @param address a number of the image or of a parameter
 * @param deltas what is added to it, one after the other
 * @throws InputError for any other number
 */
export async function nudge(
  traced: TracedStep,
  address: Address,
  deltas: readonly number[],
): Promise<Nudged[]> {
  const { setup, tensors } = traced;
  const parameters = tracedParameters(setup.layers);
  const own = parameters.find(({ name }) => name === address.tensor);
  const gradientName = address.tensor === "x" ? `${setup.layers[0]!.name}.dX` : own?.gradient;
  const gradient = tensors.get(gradientName ?? "")?.data[address.index];
  if (gradient === undefined)
    return reject("nudge", "a number of the image or of a parameter", JSON.stringify(address));
  const after = parameters.map(({ parameter }) => parameter.value.clone());
  try {
    for (const { name, parameter } of parameters) write(parameter.value, traced, name);
    const x = setup.x.clone();
    const changed = own?.parameter.value ?? x;
    const value = changed.data[address.index]!;
    const lossAt = async (delta: number) => {
      changed.data[address.index] = value + delta;
      changed.storage.touch();
      return forward(traced, x);
    };
    const start = await lossAt(0);
    const found: Nudged[] = [];
    for (const delta of deltas) {
      const { loss, choices } = await lossAt(delta);
      const predicted = start.loss + gradient * delta;
      found.push({ delta, loss, predicted, switched: differences(start.choices, choices) });
    }
    return found;
  } finally {
    for (const [i, { parameter }] of parameters.entries()) parameter.value.copyFrom(after[i]!);
  }
}

function write(value: Tensor, { tensors }: TracedStep, name: string): void {
  value.copyFrom(Tensor.from([...tensors.get(name)!.data], value.shape, value.dtype));
}

async function forward(
  { setup }: TracedStep,
  x: Tensor,
): Promise<{ loss: number; choices: Choices[] }> {
  let out = x;
  const choices: Choices[] = [];
  for (const { layer } of setup.layers) {
    const pass = await layer.forward(out, { backend: reference, mode: "train" });
    choices.push(...(pass.choices?.() ?? []));
    out = pass.out;
  }
  const { out: loss } = await softmaxCrossEntropyForward(out, [setup.label]);
  return { loss: loss.item(), choices };
}

function differences(before: readonly Choices[], now: readonly Choices[]): number {
  let count = 0;
  for (const [i, { taken }] of before.entries())
    for (let at = 0; at < taken.length; at++) if (taken[at] !== now[i]!.taken[at]) count++;
  return count;
}
