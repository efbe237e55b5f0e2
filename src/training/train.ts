/** The training loop, as a stream of events that somebody else displays. */
import {
  type PassOptions,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
} from "../backprop/index.js";
import {
  batches,
  type LabelledImages,
  drawSubset,
  makeBatch,
  shuffledOrder,
} from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import type { Sequential } from "../network/index.js";
import { InputError, type Random, Tensor } from "../tensor/index.js";
import { clipGradients } from "./clip.js";
import { evaluate } from "./evaluate.js";
import { countCorrect } from "./metrics.js";
import type { Optimizer } from "./optimizers/index.js";
import type { Recipe } from "./recipes.js";
import { turns } from "./turn.js";

/** After every step. Times count training only. */
export interface StepEvent {
  readonly type: "step";
  /** From 0. */
  readonly epoch: number;
  /** Steps done in this epoch, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Images done in this epoch. */
  readonly images: number;
  /** In nats, mean over this step's batch. */
  readonly loss: number;
  /** What this step was taken with. */
  readonly learningRate: number;
  /**
   * Over this epoch so far: mean of the steps' losses, share of the images guessed right before
   * each update.
   */
  readonly meanLoss: number;
  readonly meanAccuracy: number;
  readonly imagesPerSecond: number;
}

/** Now and then while the test images are classified. */
export interface EvaluationEvent {
  readonly type: "evaluating";
  readonly epoch: number;
}

/**
 * What an epoch came to, in the words of the JSON output. Losses in nats, accuracies as fractions.
 */
export interface EpochResult {
  /** From 0. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
  readonly trainSeconds: number;
  readonly imagesPerSecond: number;
}

export interface EpochEvent {
  readonly type: "epoch";
  readonly result: EpochResult;
  /** The optimizer as it stands, for a checkpoint. */
  readonly optimizer: Optimizer;
}

export type TrainingEvent = StepEvent | EvaluationEvent | EpochEvent;

export interface TrainOptions {
  readonly recipe: Recipe;
  readonly network: Sequential;
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  readonly backend: Backend;
  /**
   * Decides the subset, the order of the images and what layers draw in each step, each by a
   * generator split off by name.
   */
  readonly random: Random;
  /** How many there will be, those done before included; a schedule spreads over all of them. */
  readonly epochs: number;
  /** Indices into the training set, in this order; drawn as the recipe says if left out. */
  readonly subset?: Uint32Array;
  /** To go on with a stopped run: the first epoch to do, and the optimizer after the one before. */
  readonly from?: { readonly epoch: number; readonly optimizer: Optimizer };
}

/**
 * Trains a network, epoch by epoch, and tells of every step. The reader of the events may stop at
 * any of them; timers and other events have their turn between steps.
 *
 * @throws InputError when the loss is no longer finite, naming epoch, step and the first layer to
 *   blame; when a gradient to clip is not; when the test loss is not, naming the epoch, whose event
 *   then does not come
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent> {
  const { recipe, network, test, backend, random, epochs, from } = options;
  const images = options.subset ?? chooseImages(recipe, options.train, random);
  const optimizer = from?.optimizer ?? recipe.optimizer(network);
  for (let epoch = from?.epoch ?? 0; epoch < epochs; epoch++) {
    if (recipe.freshOptimizer) optimizer.reset();
    const order = recipe.shuffle
      ? shuffledOrder(images, random.split(`order of epoch ${epoch}`))
      : images;
    const trained = yield* trainEpoch(options, epoch, order, optimizer);
    yield { type: "evaluating", epoch };
    const { loss, accuracy } = await evaluate({
      network,
      dataset: test,
      backend,
      batchSize: EVALUATION_BATCH,
    });
    if (!Number.isFinite(loss))
      throw new InputError(
        `train: expected a finite test loss, got ${loss} after epoch ${epoch}; its last step ` +
          `spoiled the weights; lower the learning rate`,
      );
    yield {
      type: "epoch",
      result: {
        epoch,
        ...trained.losses,
        testLoss: loss,
        testAccuracy: accuracy,
        ...trained.speed,
      },
      optimizer,
    };
  }
}

/**
 * Evaluation happens in batches of this size whatever the training does, so that test losses of
 * recipes compare.
 */
const EVALUATION_BATCH = 256;

/** The indices of the training images that a recipe uses. */
function chooseImages(recipe: Recipe, dataset: LabelledImages, random: Random): Uint32Array {
  const total = dataset.images.count;
  return recipe.images === null || recipe.images >= total
    ? Uint32Array.from({ length: total }, (_, i) => i)
    : drawSubset(total, recipe.images, random.split("subset"));
}

interface TrainedEpoch {
  readonly losses: { readonly trainLoss: number; readonly trainAccuracy: number };
  readonly speed: { readonly trainSeconds: number; readonly imagesPerSecond: number };
}

async function* trainEpoch(
  options: TrainOptions,
  epoch: number,
  order: Uint32Array,
  optimizer: Optimizer,
): AsyncGenerator<StepEvent, TrainedEpoch> {
  const { recipe, backend, epochs } = options;
  const steps = Math.ceil(order.length / recipe.batchSize);
  const turn = turns();
  let isFirst = epoch === (options.from?.epoch ?? 0);
  let [step, totalLoss, correct, seen, ms] = [0, 0, 0, 0, 0];
  for (const indices of batches(order, recipe.batchSize)) {
    await turn();
    const started = performance.now();
    const factor = recipe.schedule?.(epoch * steps + step, epochs * steps) ?? 1;
    const learningRate = factor * optimizer.learningRate; // (schedules.1) η ← f·η
    const place = `epoch ${epoch}, step ${step + 1}`;
    // the first step makes sure that nothing which goes backward has been written to
    const stepOptions = isFirst ? { ...options, backend: { ...backend, check: true } } : options;
    const { loss, guessed } = await backend.step(() =>
      trainStep(stepOptions, indices, optimizer, learningRate, place),
    );
    isFirst = false;
    ms += performance.now() - started;
    step++;
    totalLoss += loss;
    correct += guessed;
    seen += indices.length;
    yield {
      type: "step",
      epoch,
      step,
      steps,
      images: seen,
      loss,
      learningRate,
      meanLoss: totalLoss / step,
      meanAccuracy: correct / seen,
      imagesPerSecond: (seen / ms) * 1000,
    };
  }
  return {
    losses: { trainLoss: totalLoss / steps, trainAccuracy: correct / seen },
    speed: { trainSeconds: ms / 1000, imagesPerSecond: (seen / ms) * 1000 },
  };
}

/**
 * One batch forward, backward, and one step of the optimizer. `guessed` counts the images that were
 * right before the update.
 */
async function trainStep(
  { recipe, network, train: dataset, backend, random }: TrainOptions,
  indices: Uint32Array,
  optimizer: Optimizer,
  learningRate: number,
  place: string,
): Promise<{ loss: number; guessed: number }> {
  const { x, labels } = makeBatch(dataset, indices, backend.allocator);
  network.zeroGrad();
  // Named after the step, so that a run that goes on from a checkpoint draws what it would have
  // drawn.
  const pass: PassOptions = { backend, mode: "train", random: random.split(`layers in ${place}`) };
  const { out: logits, backward } = await network.forward(x, pass);
  const { out, cache } = await softmaxCrossEntropyForward(logits, labels);
  const loss = out.item();
  if (!Number.isFinite(loss)) await explainLoss(network, x, pass, loss, place);
  const { dLogits } = await softmaxCrossEntropyBackward(Tensor.full([], 1, logits.dtype), cache);
  await backward(dLogits);
  if (recipe.clipNorm !== undefined) clipIn(place, network, recipe.clipNorm);
  await optimizer.step(backend, learningRate);
  return { loss, guessed: countCorrect(logits, labels) };
}

/** Clips, and says where training was if that cannot be done. */
function clipIn(place: string, network: Sequential, longest: number): void {
  try {
    clipGradients(network.parameters, longest);
  } catch (error) {
    throw error instanceof InputError
      ? new InputError(`train: in ${place}: ${error.message}`)
      : error;
  }
}

/**
 * Runs the step that went wrong once more, layer by layer, and stops with the name of the first bad
 * output.
 */
async function explainLoss(
  network: Sequential,
  x: Tensor,
  pass: PassOptions,
  loss: number,
  place: string,
): Promise<never> {
  let culprit: string | null = null;
  const observe = (name: string, out: Tensor): void => {
    if (culprit === null && !out.data.every(Number.isFinite)) culprit = name;
  };
  await network.forward(x, { ...pass, record: false, observe });
  const blame =
    culprit === null
      ? "every layer's output is finite, the loss itself is not"
      : `the first layer whose output is not finite is ${culprit}`;
  throw new InputError(
    `train: expected a finite loss, got ${loss} in ${place}; ${blame}; ` +
      `lower the learning rate or check the initial weights`,
  );
}
