/** Training by a recipe: `fit` as the command line runs it, for images and their classes. */
import { type Loss, type LossDescription, softmaxCrossEntropy } from "../backprop/index.js";
import {
  type AugmentationDescription,
  drawSubset,
  ImageDataset,
  type LabelledImages,
} from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import type { Sequential } from "../network/index.js";
import type { Random, StopSignal } from "../tensor/index.js";
import { fitInWords } from "./fit.js";
import type { EpochProgress, FitEvent } from "./fit-events.js";
import { accuracy } from "./metrics.js";
import type { Optimizer, OptimizerChoice, OptimizerDescription } from "./optimizers/index.js";
import type { Schedule, ScheduleDescription } from "./schedules.js";
import type { StoppedAt } from "./stopped-at.js";
import type { MeanOver } from "./totals.js";

/** How a network is trained on images: a recipe, but for the network itself. */
export interface Training {
  /** What it minimises; softmax cross-entropy if left out. */
  readonly loss?: LossDescription | Loss;
  readonly optimizer: OptimizerDescription | OptimizerChoice;
  /** Whether each epoch starts with an optimizer that has forgotten all; false if left out. */
  readonly freshOptimizer?: boolean;
  /** What share of the optimizer's learning rate each step takes; all of it if left out. */
  readonly schedule?: ScheduleDescription | Schedule;
  /** The longest gradient that is not shortened; any if left out. */
  readonly clipNorm?: number;
  readonly epochs: number;
  readonly batchSize: number;
  /**
   * How many training images are drawn, once, before the first epoch; `null` for all of them in the
   * file's order, which is what is done if left out.
   */
  readonly images?: number | null;
  /** How each epoch changes the training images at random; not at all if left out. */
  readonly augment?: readonly AugmentationDescription[];
  /** Whether each epoch sees the images in a new random order; true if left out. */
  readonly shuffle?: boolean;
  /** Whether a last batch that is not full is left out; false if left out. */
  readonly dropLast?: boolean;
  /** What losses of an epoch are the mean of; "examples" if left out. */
  readonly meanOver?: MeanOver;
}

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
  /** For a checkpoint, as is the optimizer: `from` takes both back. */
  readonly progress: EpochProgress;
  readonly optimizer: Optimizer;
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
  /** A {@link Recipe}, or a training with functions of one's own. */
  readonly recipe: Training;
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
  /** To go on with a stopped run. */
  readonly from?: StoppedAt;
  /** Ends the training, with what it is aborted for, after the step or test batch at hand. */
  readonly stop?: StopSignal;
}

/**
 * Trains a network, epoch by epoch, and tells of every step. The reader of the events may stop at
 * any of them; timers and other events have their turn between steps.
 *
 * @throws InputError as `fit` does
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent> {
  const { recipe, network, test, backend, random, epochs, from, stop } = options;
  const all = new ImageDataset(options.train, "train");
  const data = all.gather(options.subset ?? chooseImages(recipe, all.count, random));
  const { loss = softmaxCrossEntropy(), optimizer, schedule, clipNorm, meanOver } = recipe;
  const { augment, batchSize, shuffle, dropLast, freshOptimizer } = recipe;
  const run = fitInWords(
    network,
    {
      backend,
      data,
      validation: test,
      metrics: { accuracy },
      ...{ augment, loss, optimizer },
      ...{ epochs, batchSize, shuffle, dropLast, random, schedule, clipNorm },
      ...{ freshOptimizer, meanOver, from, stop },
    },
    { where: "train", validation: "test loss" },
  );
  for await (const event of run) yield inWordsOfImages(event);
}

/** The indices of the training images that a recipe uses. */
function chooseImages({ images = null }: Training, total: number, random: Random): Uint32Array {
  return images === null || images >= total
    ? Uint32Array.from({ length: total }, (_, i) => i)
    : drawSubset(total, images, random.split("subset"));
}

function inWordsOfImages(event: FitEvent): TrainingEvent {
  if (event.type === "validating") return { type: "evaluating", epoch: event.epoch };
  const { epoch, loss, metrics, examplesPerSecond: imagesPerSecond } = event;
  const meanAccuracy = metrics["accuracy"]!;
  if (event.type === "step") {
    const { type, step, steps, examples: images, learningRate, meanLoss } = event;
    const { progress, optimizer } = event;
    const done = { type, epoch, step, steps, images, loss, learningRate };
    return { ...done, meanLoss, meanAccuracy, imagesPerSecond, progress, optimizer };
  }
  const { validation, seconds: trainSeconds, optimizer } = event;
  const result = {
    epoch,
    trainLoss: loss,
    trainAccuracy: meanAccuracy,
    testLoss: validation!.loss,
    testAccuracy: validation!.metrics["accuracy"]!,
    trainSeconds,
    imagesPerSecond,
  };
  return { type: "epoch", result, optimizer };
}
