/** One pass over the training examples, step by step. */
import { batches, shuffledOrder } from "../data/index.js";
import { reject, whatIs } from "../tensor/index.js";
import type { EpochProgress, FitStep } from "./fit-events.js";
import type { Run } from "./fit-options.js";
import { takeStep } from "./fit-step.js";
import { readState } from "./read-state.js";
import { Totals } from "./totals.js";
import { turn } from "./turn.js";

/** What an epoch of training came to. */
export interface TrainedEpoch {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly examplesPerSecond: number;
}

/** @param from where the epoch goes on, after steps that were done before; null for all of it */
export async function* trainEpoch(
  run: Run,
  epoch: number,
  from: EpochProgress | null,
): AsyncGenerator<FitStep, TrainedEpoch> {
  const { backend, epochs, optimizer, schedule, meanOver, stop } = run;
  const groups = groupsOf(run, epoch);
  const steps = groups.length;
  const stepsBefore = from?.step ?? 0;
  if (stepsBefore > steps) reject(run.words.where, `from a step up to ${steps}`, `${stepsBefore}`);
  const totals = new Totals(run.metrics, from?.sums);
  let ms = 1000 * (from?.seconds ?? 0);
  const soFar = (): TrainedEpoch => ({
    loss: totals.loss(meanOver),
    metrics: totals.metrics(totals.weight),
    seconds: ms / 1000,
    examplesPerSecond: (totals.examples / ms) * 1000,
  });
  for (let s = stepsBefore; s < steps; s++) {
    await turn();
    stop?.throwIfAborted();
    const started = performance.now();
    const factor = schedule === null ? 1 : schedule(epoch * steps + s, epochs * steps);
    if (typeof factor !== "number")
      reject(
        run.words.where,
        "a schedule that returns a number",
        `one that returns ${whatIs(factor)}`,
      );
    const learningRate = factor * optimizer.learningRate; // (schedules.1) η ← f·η
    const task = {
      group: groups[s]!,
      epoch,
      learningRate,
      place: `epoch ${epoch}, step ${s + 1}`,
      totals,
    };
    // the first step makes sure that nothing which goes backward has been written to
    const isFirst = epoch === run.firstEpoch && s === stepsBefore;
    const stepBackend = isFirst ? { ...backend, check: true } : backend;
    const loss = await backend.step(() => takeStep(run, task, stepBackend));
    if (run.average !== null) {
      await readState(backend, run.trained);
      run.average.update();
    }
    ms += performance.now() - started;
    const { loss: meanLoss, metrics, seconds, examplesPerSecond } = soFar();
    const done = { epoch, step: s + 1, steps, examples: totals.examples };
    const progress = { step: s + 1, seconds, sums: totals.sums };
    const means = { meanLoss, metrics, examplesPerSecond };
    yield { type: "step", ...done, loss, learningRate, ...means, progress, optimizer };
  }
  // a device may still be at work on the last update, and the epoch has not ended before it has
  const started = performance.now();
  await readState(backend, run.network, optimizer);
  ms += performance.now() - started;
  return soFar();
}

/** The batches of every step of an epoch, as indices into the training examples. */
function groupsOf(run: Run, epoch: number): readonly (readonly Uint32Array[])[] {
  const { data, batchSize, accumulate, dropLast, shuffle, random } = run;
  const all = Uint32Array.from({ length: data.count }, (_, i) => i);
  const order = shuffle ? shuffledOrder(all, random.split(`order of epoch ${epoch}`)) : all;
  const used = dropLast ? order.subarray(0, order.length - (order.length % batchSize)) : order;
  const cut = [...batches(used, batchSize)];
  return Array.from({ length: Math.ceil(cut.length / accumulate) }, (_, g) =>
    cut.slice(g * accumulate, (g + 1) * accumulate),
  );
}
