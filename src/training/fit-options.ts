/** What `fit` is told, and what it makes of it. */
import { everyLayer, type Loss, type Parameter } from "../backprop/index.js";
import { type Examples, examplesOf, type LabelledImages } from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import type { Sequential } from "../network/index.js";
import { Random, reject } from "../tensor/index.js";
import { type EarlyStopping, Patience } from "./early-stopping.js";
import { type Trained, trainedPart } from "./frozen.js";
import type { Metrics } from "./metrics.js";
import type { Optimizer, OptimizerChoice } from "./optimizers/index.js";
import { refuseUnknown } from "./refuse-unknown.js";
import type { Schedule } from "./schedules.js";
import type { MeanOver } from "./totals.js";
import { WeightAverage } from "./weight-average.js";

export interface FitOptions {
  readonly backend: Backend;
  readonly data: Examples | LabelledImages;
  /** Examples that it is tried on after every epoch, and not trained with. */
  readonly validation?: Examples | LabelledImages | undefined;
  readonly loss: Loss;
  /** Such as `adam({ learningRate: 1e-3 })`. */
  readonly optimizer: OptimizerChoice;
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
  /** Decides that order, and what layers draw in each step; 0 if left out. */
  readonly seed?: number | string | undefined;
  /** In place of a seed. */
  readonly random?: Random | undefined;
  /** What share of the optimizer's learning rate each step takes; all of it if left out. */
  readonly schedule?: Schedule | undefined;
  /** The longest gradient of what is trained that is not shortened; any if left out. */
  readonly clipNorm?: number | undefined;
  /** What is measured besides the loss: `{ accuracy }`. */
  readonly metrics?: Metrics | undefined;
  /** Parameters that stay as they are, or layers with everything in them, by their full names. */
  readonly freeze?: readonly string[] | undefined;
  /** When to stop before all epochs are done. */
  readonly stopEarly?: EarlyStopping | undefined;
  /**
   * Averages the weights over the steps: by this factor, from 0 to below 1, a step counts less than
   * the next. The network has the averages at the end of every epoch, when it is validated, and
   * goes on from the weights of the last step.
   */
  readonly average?: number | undefined;
  /** Whether each epoch starts with an optimizer that has forgotten all; false if left out. */
  readonly freshOptimizer?: boolean | undefined;
  /** What losses of an epoch are the mean of; "examples" if left out. */
  readonly meanOver?: MeanOver | undefined;
  /** Examples in a batch of the validation; 256 if left out. */
  readonly validationBatchSize?: number | undefined;
  /** To go on with a stopped run: the first epoch to do, and the optimizer after the one before. */
  readonly from?: { readonly epoch: number; readonly optimizer: Optimizer } | undefined;
}

const NAMES: Readonly<Record<keyof FitOptions, true>> = {
  backend: true,
  data: true,
  validation: true,
  loss: true,
  optimizer: true,
  epochs: true,
  batchSize: true,
  dropLast: true,
  accumulate: true,
  shuffle: true,
  seed: true,
  random: true,
  schedule: true,
  clipNorm: true,
  metrics: true,
  freeze: true,
  stopEarly: true,
  average: true,
  freshOptimizer: true,
  meanOver: true,
  validationBatchSize: true,
  from: true,
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
  readonly loss: Loss;
  readonly metrics: Metrics;
  readonly random: Random;
  readonly firstEpoch: number;
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
export function prepareRun(network: Sequential, options: FitOptions, words: Words): Run {
  const { where } = words;
  refuseUnknown(where, options, Object.keys(NAMES));
  checkPresent(where, options);
  const { epochs, batchSize, accumulate = 1, validationBatchSize = 256, from } = options;
  checkCounts(where, { epochs, batchSize, accumulate, validationBatchSize });
  const data = examplesOf(options.data);
  const { dropLast = false, clipNorm = null, metrics = {}, average, stopEarly } = options;
  if (dropLast && data.count < batchSize)
    reject(where, `data for a whole batch of ${batchSize}`, `${data.count} examples`);
  if (clipNorm !== null && !(clipNorm > 0))
    reject(where, "clipNorm, a longest norm above 0", String(clipNorm));
  checkInitialised(where, network);
  const trained = trainedPart(network, options.freeze ?? [], where);
  return {
    words,
    network,
    trained,
    optimizer: from?.optimizer ?? options.optimizer(trained.parameters),
    backend: options.backend,
    data,
    validation: options.validation === undefined ? null : examplesOf(options.validation),
    loss: options.loss,
    metrics,
    random: options.random ?? new Random(options.seed ?? 0),
    firstEpoch: from?.epoch ?? 0,
    epochs,
    batchSize,
    accumulate,
    dropLast,
    shuffle: options.shuffle ?? true,
    schedule: options.schedule ?? null,
    clipNorm,
    average: average === undefined ? null : new WeightAverage(trained.parameters, average, where),
    patience: stopEarly ? new Patience(network, stopEarly, Object.keys(metrics), where) : null,
    freshOptimizer: options.freshOptimizer ?? false,
    meanOver: options.meanOver ?? "examples",
    validationBatchSize,
  };
}

/** What has to be given, and where mistakes are common. */
function checkPresent(where: string, { backend, data, loss, optimizer }: FitOptions): void {
  const hasData =
    typeof data === "object" && data !== null && ("batch" in data || "images" in data);
  if (!hasData) reject(where, "data, a data set", kindOf(data), "see Dataset.from");
  if (typeof backend?.step !== "function")
    reject(where, "a backend", kindOf(backend), "see openBackend");
  if (typeof loss !== "function")
    reject(where, "a loss such as softmaxCrossEntropy()", kindOf(loss));
  if (typeof optimizer !== "function")
    reject(
      where,
      "an optimizer such as adam({ learningRate: 1e-3 })",
      kindOf(optimizer),
      "give it as a function of the parameters that are trained",
    );
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return typeof value === "object" ? `a ${value.constructor?.name ?? "object"}` : typeof value;
}

function checkCounts(where: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts))
    if (!(Number.isSafeInteger(count) && count >= 1))
      reject(where, `${name}, a whole number ≥ 1`, String(count));
}

/**
 * Layers one after another whose weights are all 0 have gradients of 0, and learn nothing; one
 * layer alone does learn.
 */
function checkInitialised(where: string, { layers, parameters }: Sequential): void {
  const drawn = (parameter: Parameter): boolean => parameter.start === null;
  const learning = everyLayer(layers).filter(({ layer }) => layer.parameters.some(drawn));
  const isZero = parameters.every(
    ({ parameter }) => !drawn(parameter) || parameter.value.data.every((w) => w === 0),
  );
  if (isZero && learning.length > 1)
    reject(
      where,
      "a network with initial weights",
      "weights that are all 0, with which it learns nothing",
      "call initialise(network, random) first",
    );
}
