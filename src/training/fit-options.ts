/** What `fit` is told, and what it makes of it. */
import {
  buildLoss,
  everyLayer,
  type Loss,
  type LossDescription,
  type Parameter,
} from "../backprop/index.js";
import {
  type Augment,
  type AugmentationDescription,
  buildAugmentations,
  type Examples,
  examplesOf,
  type LabelledImages,
} from "../data/index.js";
import { type Backend, checkBackend } from "../kernels/index.js";
import { checkIsNetwork, type NamedParameter, type Sequential } from "../network/index.js";
import {
  anything,
  belowOne,
  checkOptions,
  describedBy,
  flag,
  oneOf,
  positive,
  Random,
  reject,
  required,
  type Rules,
  type StopSignal,
  whatIs,
  wholeNumber,
} from "../tensor/index.js";
import { type EarlyStopping, Patience } from "./early-stopping.js";
import { type Trained, trainedPart } from "./frozen.js";
import type { EpochProgress } from "./fit-events.js";
import type { Metrics } from "./metrics.js";
import {
  buildOptimizer,
  type Optimizer,
  type OptimizerChoice,
  type OptimizerDescription,
} from "./optimizers/index.js";
import { buildSchedule } from "./build-schedule.js";
import type { Schedule, ScheduleDescription } from "./schedules.js";
import type { MeanOver } from "./totals.js";
import { checkProgress, isStoppedAt, type StoppedAt } from "./stopped-at.js";
import { WeightAverage } from "./weight-average.js";

/**
 * Options of {@link fit}. `backend`, `data`, `loss`, `optimizer`, `epochs` and `batchSize` are
 * required.
 */
export interface FitOptions {
  /** What the steps run on; fastest where the network's memory is the backend's `persistent`. */
  readonly backend: Backend;
  /** The examples to train on, at least one: see `Dataset.from`. */
  readonly data: Examples | LabelledImages;
  /** Examples that it is tried on after every epoch, and not trained with. */
  readonly validation?: Examples | LabelledImages | undefined;
  /**
   * How training images, [N, C, H, W], are changed at random, anew in every epoch, such as
   * `[shift({ pixels: 2 }), rotation({ degrees: 10 })]`; not at all if left out. Maps come first,
   * then `elastic`, then `erasing`. Seed, epoch and the example's index decide, whatever the
   * batches are. The validation's images stay as they are.
   */
  readonly augment?: readonly AugmentationDescription[] | undefined;
  /** Such as `softmaxCrossEntropy()`, or a function of one's own. */
  readonly loss: LossDescription | Loss;
  /** Such as `adam({ learningRate: 1e-3 })`, or a function that makes one of one's own. */
  readonly optimizer: OptimizerDescription | OptimizerChoice;
  /** How many there will be, those done before included; a schedule spreads over all of them. */
  readonly epochs: number;
  /** Examples in a batch; the last one of an epoch may be smaller. */
  readonly batchSize: number;
  /** Whether a smaller last batch is left out; false if left out. */
  readonly dropLast?: boolean | undefined;
  /** Batches to a step, whose gradients are averaged over their examples; 1 if left out. */
  readonly accumulate?: number | undefined;
  /** Whether each epoch has the examples in a new random order; true if left out. */
  readonly shuffle?: boolean | undefined;
  /** Decides that order, what augmentations and layers draw; 0 if left out. */
  readonly seed?: number | string | undefined;
  /** In place of a seed. */
  readonly random?: Random | undefined;
  /** What share of the optimizer's learning rate each step takes; all of it if left out. */
  readonly schedule?: ScheduleDescription | Schedule | undefined;
  /**
   * The longest gradient of what is trained that is not shortened, above 0; any if left out. See
   * `clipGradients`.
   */
  readonly clipNorm?: number | undefined;
  /** What is measured besides the loss: `{ accuracy }`. */
  readonly metrics?: Metrics | undefined;
  /** Parameters that stay as they are, or layers with everything in them, by their full names. */
  readonly freeze?: readonly string[] | undefined;
  /** When to stop before all epochs are done. */
  readonly stopEarly?: EarlyStopping | undefined;
  /**
   * Averages the weights over the steps: by this factor, from 0 to below 1, a step counts less than
   * the next; see {@link WeightAverage}. The network has the averages at the end of every epoch,
   * when it is validated, and goes on from the weights of the last step.
   */
  readonly average?: number | undefined;
  /** Whether each epoch starts with an optimizer that has forgotten all; false if left out. */
  readonly freshOptimizer?: boolean | undefined;
  /** What losses of an epoch are the mean of; "examples" if left out. */
  readonly meanOver?: MeanOver | undefined;
  /** Examples in a batch of the validation; 256 if left out. */
  readonly validationBatchSize?: number | undefined;
  /** To go on with a stopped run. */
  readonly from?: StoppedAt | undefined;
  /** Ends the training, with what it is aborted for, after the step or validation batch at hand. */
  readonly stop?: StopSignal | undefined;
}

const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.every((name) => typeof name === "string");
const isSeed = (value: unknown): boolean =>
  typeof value === "string" || Number.isSafeInteger(value);
const isMetrics = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((one) => typeof one === "function" && describedBy(one) === null);
const isDescribedOrFunction = (value: unknown): boolean =>
  typeof value === "function" || typeof (value as { kind?: unknown } | null)?.kind === "string";

/** What is only looked at where it is used. */
const given = anything("what fit needs");
const rules: Rules<FitOptions> = {
  backend: given,
  data: given,
  validation: given,
  augment: given,
  loss: given,
  optimizer: given,
  epochs: required(wholeNumber(1)),
  batchSize: required(wholeNumber(1)),
  dropLast: flag,
  accumulate: wholeNumber(1),
  shuffle: flag,
  seed: { expected: "a whole number or a text", accepts: isSeed },
  random: { expected: "a Random", accepts: (value) => value instanceof Random },
  schedule: { expected: "a schedule, such as oneCycle()", accepts: isDescribedOrFunction },
  clipNorm: positive,
  metrics: { expected: "functions by name, such as { accuracy }", accepts: isMetrics },
  freeze: { expected: "an array of names", accepts: isNames },
  stopEarly: given,
  average: belowOne,
  freshOptimizer: flag,
  meanOver: oneOf(["examples", "batches"]),
  validationBatchSize: wholeNumber(1),
  from: { expected: "{ epoch, optimizer } of a run that was stopped", accepts: isStoppedAt },
  stop: { expected: "an AbortSignal", accepts: (value) => value instanceof AbortSignal },
};

/** How a training loop speaks of itself in errors. */
export interface Words {
  readonly where: string;
  readonly validation: string;
}

/** Everything that a run needs, checked. */
export interface Run {
  readonly words: Words;
  readonly network: Sequential;
  readonly trained: Trained;
  readonly optimizer: Optimizer;
  readonly backend: Backend;
  readonly data: Examples;
  readonly validation: Examples | null;
  readonly augment: Augment | null;
  readonly loss: Loss;
  readonly metrics: Metrics;
  readonly random: Random;
  readonly firstEpoch: number;
  /** What of the first epoch was done before. */
  readonly progress: EpochProgress | null;
  readonly stop: StopSignal | null;
  readonly epochs: number;
  readonly batchSize: number;
  readonly accumulate: number;
  readonly dropLast: boolean;
  readonly shuffle: boolean;
  readonly schedule: Schedule | null;
  readonly clipNorm: number | null;
  readonly average: WeightAverage | null;
  readonly patience: Patience | null;
  readonly freshOptimizer: boolean;
  readonly meanOver: MeanOver;
  readonly validationBatchSize: number;
}

/** @throws InputError when an option is unknown, wrong or missing, or the network all 0 */
export function prepareRun(network: Sequential, given: FitOptions, words: Words): Run {
  const { where } = words;
  checkIsNetwork(where, network);
  const options = checkOptions(where, given, rules);
  checkPresent(where, options);
  const { epochs, batchSize, accumulate = 1, validationBatchSize = 256, from } = options;
  const data = examplesOf(options.data, where, "data");
  const { dropLast = false, clipNorm = null, metrics = {}, average, stopEarly } = options;
  if (from !== undefined && (from.epoch > 0 || from.progress)) checkGoesOn(where, options);
  if (from?.progress) checkProgress(where, from.progress, metrics);
  if (dropLast && data.count < batchSize)
    reject(where, `data for a whole batch of ${batchSize}`, `${data.count} examples`);
  checkInitialised(where, network);
  const trained = trainedPart(network, options.freeze ?? [], where);
  return {
    words,
    network,
    trained,
    optimizer: checkedOptimizer(where, trained, options),
    backend: options.backend,
    data,
    validation:
      options.validation === undefined ? null : examplesOf(options.validation, where, "validation"),
    augment: buildAugmentations(options.augment ?? []),
    loss: buildLoss(options.loss),
    metrics,
    random: options.random ?? new Random(options.seed ?? 0),
    firstEpoch: from?.epoch ?? 0,
    progress: from?.progress ?? null,
    stop: options.stop ?? null,
    epochs,
    batchSize,
    accumulate,
    dropLast,
    shuffle: options.shuffle ?? true,
    schedule: options.schedule === undefined ? null : buildSchedule(options.schedule),
    clipNorm,
    average: average === undefined ? null : new WeightAverage(trained.parameters, average),
    patience: stopEarly ? new Patience(network, stopEarly, Object.keys(metrics), where) : null,
    freshOptimizer: options.freshOptimizer ?? false,
    meanOver: options.meanOver ?? "examples",
    validationBatchSize,
  };
}

/** @throws InputError when something is asked for that a run does not take up again */
function checkGoesOn(where: string, options: FitOptions): void {
  for (const name of ["stopEarly", "average"] as const)
    if (options[name] !== undefined)
      reject(
        where,
        `no ${name} in a run that goes on`,
        name,
        "what it has seen of the epochs before is in no checkpoint; leave it out, or start anew",
      );
}

/** What has to be given, and where mistakes are common. */
function checkPresent(where: string, { backend, data, loss, optimizer }: FitOptions): void {
  examplesOf(data, where, "data");
  checkBackend(where, backend);
  if (!isDescribedOrFunction(loss))
    reject(where, "a loss such as softmaxCrossEntropy()", whatIs(loss));
  if (typeof optimizer !== "function" && typeof optimizer?.kind !== "string")
    reject(where, "an optimizer such as adam({ learningRate: 1e-3 })", whatIs(optimizer));
  if (typeof optimizer === "object" && "step" in optimizer)
    reject(
      where,
      "a description of an optimizer, such as adam({ learningRate: 1e-3 })",
      whatIs(optimizer),
      "or give a function of the parameters that are trained",
    );
}

/** Optimizers that were built of a description here, and so are nobody else's. */
const own = new WeakSet<Optimizer>();
/** Those of the last training, by their networks. */
const last = new WeakMap<Sequential, Optimizer>();

/** Gives back what the optimizer of the training before kept, unless this one goes on with it. */
export function takeOver({ network, optimizer }: Run): void {
  const before = last.get(network);
  if (before !== optimizer) before?.dispose();
  if (own.has(optimizer)) last.set(network, optimizer);
  else last.delete(network);
}

/** @throws InputError when the optimizer changes other parameters than those that are trained */
function checkedOptimizer(
  where: string,
  { parameters }: Trained,
  { optimizer: given, from }: FitOptions,
): Optimizer {
  const optimizer = from?.optimizer ?? optimizerOf(given, parameters);
  const changed = optimizer?.parameters;
  if (typeof optimizer?.step !== "function")
    reject(
      where,
      "a function that returns an optimizer",
      `one that returns ${whatIs(optimizer)}`,
      (optimizer as { kind?: unknown } | undefined)?.kind === undefined
        ? undefined
        : "give fit that description itself",
    );
  const isSame =
    changed === undefined ||
    (changed.length === parameters.length &&
      parameters.every(({ parameter }) => changed.includes(parameter)));
  if (!isSame)
    reject(
      where,
      "an optimizer of the parameters that are trained, and of no other",
      "one of others",
      "an optimizer of fit is given the parameters, which are those that are not frozen",
    );
  return optimizer;
}

function optimizerOf(
  optimizer: OptimizerDescription | OptimizerChoice,
  parameters: readonly NamedParameter[],
): Optimizer {
  if (typeof optimizer === "function" && describedBy(optimizer) === null)
    return optimizer(parameters);
  const built = buildOptimizer(optimizer as OptimizerDescription, parameters);
  own.add(built);
  return built;
}

/**
 * Layers one after another whose weights are all 0 have gradients of 0, and learn nothing; one
 * layer alone does learn.
 */
function checkInitialised(where: string, { layers, parameters }: Sequential): void {
  const drawn = (parameter: Parameter): boolean => parameter.start === null;
  const learning = everyLayer(layers).filter(({ layer }) => layer.parameters.some(drawn));
  // what is elsewhere was computed there
  const isZero = parameters.every(({ parameter }) => {
    const { value } = parameter;
    return !drawn(parameter) || (value.storage.isHere && value.data.every((w) => w === 0));
  });
  if (isZero && learning.length > 1)
    reject(
      where,
      "a network with initial weights",
      "weights that are all 0, with which it learns nothing",
      "call initialise(network, random) first",
    );
}
