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
  /** Such as `adam({ learningRate: 1e-3 })`, or a function that makes one of one's own. */
  readonly optimizer: OptimizerDescription | OptimizerChoice;
  /** Whether each epoch starts with an optimizer that has forgotten all; false if left out. */
  readonly freshOptimizer?: boolean;
  /** What share of the optimizer's learning rate each step takes; all of it if left out. */
  readonly schedule?: ScheduleDescription | Schedule;
  /** The longest gradient that is not shortened, above 0; any if left out. */
  readonly clipNorm?: number;
  /** How many the recipe asks for; {@link train} goes by its own `epochs` instead. */
  readonly epochs: number;
  /** Images in a batch, ≥ 1; the last one of an epoch may be smaller. */
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
  /** Tells the events apart. */
  readonly type: "step";
  /** From 0. */
  readonly epoch: number;
  /** Steps done in this epoch, of `steps`. */
  readonly step: number;
  /** How many this epoch has. */
  readonly steps: number;
  /** Images done in this epoch. */
  readonly images: number;
  /** In nats, mean over this step's batch. */
  readonly loss: number;
  /** What this step was taken with. */
  readonly learningRate: number;
  /** In nats, over this epoch so far, each image before its update. */
  readonly meanLoss: number;
  /** Over this epoch so far: share of the images guessed right before each update. */
  readonly meanAccuracy: number;
  /** Mean over this epoch so far. */
  readonly imagesPerSecond: number;
  /** For a checkpoint, as is the optimizer: `from` takes both back. */
  readonly progress: EpochProgress;
  /** As this step leaves it. {@link readState} copies its numbers back from a device. */
  readonly optimizer: Optimizer;
}

/** Before the test images are classified, after the last step of an epoch. */
export interface EvaluationEvent {
  /** Tells the events apart. */
  readonly type: "evaluating";
  /** From 0. */
  readonly epoch: number;
}

/**
 * What an epoch came to, in the words of the JSON output. Losses in nats, accuracies as fractions.
 */
export interface EpochResult {
  /** From 0. */
  readonly epoch: number;
  /** Mean loss of the training images, each before its update. */
  readonly trainLoss: number;
  /** Share of the training images guessed right, each before its update. */
  readonly trainAccuracy: number;
  /** Mean loss of the test images, after the epoch's last update. */
  readonly testLoss: number;
  /** Share of the test images guessed right, after the epoch's last update. */
  readonly testAccuracy: number;
  /** Time for training alone, without the test. */
  readonly trainSeconds: number;
  /** Speed of training, without the test. */
  readonly imagesPerSecond: number;
}

/** After the test of an epoch. */
export interface EpochEvent {
  /** Tells the events apart. */
  readonly type: "epoch";
  /** As the command line prints it. */
  readonly result: EpochResult;
  /** The optimizer as it stands, for a checkpoint. */
  readonly optimizer: Optimizer;
}

/**
 * What {@link train} yields: a step at a time, then, at the end of each epoch, the start of its
 * test and its result.
 */
export type TrainingEvent = StepEvent | EvaluationEvent | EpochEvent;

/** Options of {@link train}. */
export interface TrainOptions {
  /** A {@link Recipe}, or a training with functions of one's own. */
  readonly recipe: Training;
  /** Changed by the training; its gradients are overwritten. */
  readonly network: Sequential;
  /** Images of the size that the network takes. */
  readonly train: LabelledImages;
  /** Classified after each epoch, never trained on; as large as those of `train`. */
  readonly test: LabelledImages;
  /** What the steps run on; fastest where the network's memory is the backend's `persistent`. */
  readonly backend: Backend;
  /**
   * Decides the subset, the order of the images and what layers draw in each step, each by a
   * generator split off by name.
   */
  readonly random: Random;
  /** How many there will be, those done before included; a schedule spreads over all of them. */
  readonly epochs: number;
  /** Indices into the training set, from 0, in this order; drawn as the recipe says if left out. */
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
  const all = new ImageDataset(options.train);
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
