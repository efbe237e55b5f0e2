/** One step: batches forward and backward, and one update. */
import { checkLossResult, type Pass, type PassOptions } from "../backprop/index.js";
import { type Batch, checkBatch } from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import {
  InputError,
  inside,
  type Random,
  reject,
  scaleToOne,
  type Tensor,
} from "../tensor/index.js";
import { clipGradients } from "./clip.js";
import type { Run } from "./fit-options.js";
import { sum, type Totals } from "./totals.js";
import { isInputAtFault, whereNotFinite } from "./culprit.js";
import { readState } from "./read-state.js";

export interface StepTask {
  /** The batches of the step, mostly one. */
  readonly group: readonly Uint32Array[];
  readonly epoch: number;
  readonly learningRate: number;
  /** For errors, and for what layers draw. */
  readonly place: string;
  /** What the epoch's means are made of. */
  readonly totals: Totals;
}

/**
 * @param backend the run's, or one that checks more
 * @returns the mean loss over the step's examples
 */
export async function takeStep(run: Run, task: StepTask, backend: Backend): Promise<number> {
  const before = run.network.buffers.map(({ buffer }) => buffer.value.clone());
  try {
    return await runBatches(run, task, backend);
  } catch (error) {
    // a step that is refused leaves running statistics as they were, whichever batch spoiled it
    for (const [i, { buffer }] of run.network.buffers.entries()) buffer.value.copyFrom(before[i]!);
    throw error;
  }
}

async function runBatches(run: Run, task: StepTask, backend: Backend): Promise<number> {
  const { network, optimizer, clipNorm } = run;
  const { group, learningRate, place } = task;
  network.zeroGrad();
  let [loss, weight] = [0, 0];
  if (group.length === 1) ({ loss } = await runBatch(run, task, backend, 0, () => 1));
  else {
    // Only the ratios of weights count: near 1, all are numbers of float32.
    let scale: number | null = null;
    const scaled = (own: number): number => {
      if (own > 0) scale ??= scaleToOne(own);
      return own * (scale ?? 1);
    };
    for (const b of group.keys()) {
      // its own memory is given back before the next one's is needed
      const done = await backend.step(() => runBatch(run, task, backend, b, scaled));
      loss += done.loss * done.weight;
      weight += done.weight;
    }
    if (weight > 0) loss /= weight;
    if (weight > 0) {
      await readState(backend, run.trained);
      divideGradients(run, weight);
    }
  }
  if (clipNorm !== null) {
    await readState(backend, run.trained);
    clipIn(run, place, clipNorm);
  }
  await optimizer.step(backend, learningRate);
  return loss;
}

/**
 * One batch forward and backward. The gradients of its mean loss are added to the parameters' own;
 * where a step has several batches, those of the sum over its examples.
 *
 * @param scaled how much the batch counts, from the sum of its weights
 */
async function runBatch(
  run: Run,
  { group, epoch, place, totals }: StepTask,
  backend: Backend,
  b: number,
  scaled: (weight: number) => number,
): Promise<{ loss: number; weight: number }> {
  const { loss: lossOf, random, words } = run;
  const indices = group[b]!;
  const { x, target, weights = null } = await trainingBatch(run, indices, epoch, backend);
  const part = group.length === 1 ? place : `${place}, batch ${b + 1}`;
  // Named after the step, so that a run that goes on from a checkpoint draws what it would have
  // drawn.
  const pass: PassOptions = { backend, mode: "train", random: random.split(`layers in ${part}`) };
  const { out, backward } = await forwardIn(run, x, pass, part);
  const prediction = await backend.read(out);
  const found = await lossOf(prediction, target, weights);
  checkLossResult(words.where, found);
  const { loss, backward: lossBackward } = found;
  if (!Number.isFinite(loss)) await explainLoss(run, { x, indices, pass, loss, place: part });
  const weight = scaled(weights === null ? indices.length : sum(weights));
  if (!Number.isFinite(Math.fround(weight)))
    reject(
      words.where,
      "batches of a step whose weights are of comparable size",
      `one that weighs ${weight} times another`,
    );
  await backward(await lossBackward(weight));
  totals.add({ loss, prediction, target, weights });
  return { loss, weight };
}

/** Some examples as this epoch has them. */
async function trainingBatch(
  { data, augment, random, words }: Run,
  indices: Uint32Array,
  epoch: number,
  { allocator }: Backend,
): Promise<Batch> {
  const batch = await data.batch(indices, allocator);
  checkBatch(words.where, batch, indices.length);
  if (augment === null) return batch;
  // Named after the example, so that it is changed in the same way in whatever batch it comes.
  const randomOf = (n: number): Random =>
    random.split(`augmentation of example ${indices[n]} in epoch ${epoch}`);
  return { ...batch, x: inside(words.where, () => augment(batch.x, randomOf, allocator)) };
}

/** Forward; where a last batch of one example is too small for a layer, the error says so. */
async function forwardIn(
  { trained, batchSize, words }: Run,
  x: Tensor,
  pass: PassOptions,
  place: string,
): Promise<Pass> {
  try {
    return await trained.forward(x, pass);
  } catch (error) {
    if (!(error instanceof InputError) || x.shape[0] !== 1 || batchSize === 1) throw error;
    const where = `${words.where}: in ${place}, a last batch of one example`;
    throw new InputError(
      `${where}: ${error.message}; dropLast: true leaves it out, or choose another batchSize`,
    );
  }
}

/** From the gradients of a sum over examples to those of their mean. */
function divideGradients({ trained }: Run, weight: number): void {
  for (const { parameter } of trained.parameters) {
    const { data, storage } = parameter.grad;
    for (let i = 0; i < data.length; i++) data[i]! /= weight;
    storage.touch();
  }
}

/** Clips, and says where training was if that cannot be done. */
function clipIn({ trained, words }: Run, place: string, longest: number): void {
  try {
    clipGradients(trained.parameters, longest);
  } catch (error) {
    throw error instanceof InputError
      ? new InputError(`${words.where}: in ${place}: ${error.message}`)
      : error;
  }
}

/** A batch whose loss is not finite. */
interface LostLoss {
  readonly x: Tensor;
  readonly indices: ArrayLike<number>;
  readonly pass: PassOptions;
  readonly loss: number;
  readonly place: string;
}

/**
 * Stops with the name of the first layer that went wrong.
 */
async function explainLoss(
  { trained, words }: Run,
  { x, indices, pass, loss, place }: LostLoss,
): Promise<never> {
  const blame = await whereNotFinite(trained, x, pass, indices);
  const hint = "; lower the learning rate or check the initial weights";
  throw new InputError(
    `${words.where}: expected a finite loss, got ${loss} in ${place}; ${blame}` +
      (isInputAtFault(blame) ? "" : hint),
  );
}
