/** Optimizers, recipes and the training loop. */
export * from "./optimizers/index.js";
export { Engine, type NetworkOptions, open, type OpenOptions } from "./engine.js";
export { clipGradients } from "./clip.js";
export {
  type AnyScheduleKind,
  constant,
  cosine,
  oneCycle,
  type OneCycleOptions,
  type Schedule,
  scheduleDescriber,
  type ScheduleDescriber,
  type ScheduleDescription,
  type ScheduleKind,
  stepDecay,
  type StepDecayOptions,
  warmUp,
} from "./schedules.js";
export { buildSchedule, scheduleKinds } from "./build-schedule.js";
export { accuracy, countCorrect, type Metric, type Metrics } from "./metrics.js";
export type { MeanOver, Sums } from "./totals.js";
export { measure, type Measured, type MeasureOptions } from "./measure.js";
export { evaluate, type EvaluateOptions, type Evaluation } from "./evaluate.js";
export type { EarlyStopping } from "./early-stopping.js";
export type { EpochProgress, FitEpoch, FitEvent, FitStep, FitValidating } from "./fit-events.js";
export type { FitOptions } from "./fit-options.js";
export type { StoppedAt } from "./stopped-at.js";
export { fit } from "./fit.js";
export { WeightAverage } from "./weight-average.js";
export { findRecipe, type Recipe, recipeNetwork, recipes } from "./recipes.js";
export { type DataSize, outputsOf, sizeRecipe } from "./size-recipe.js";
export { checkSameRecipe, readRecipe } from "./read-recipe.js";
export {
  type EpochEvent,
  type EpochResult,
  type EvaluationEvent,
  type StepEvent,
  train,
  type Training,
  type TrainingEvent,
  type TrainOptions,
} from "./train.js";
export { type StepMeasure, StepMeasures } from "./step-measures.js";
export { sampleOfEvaluation, sampleOfTraining, type SampleWork } from "./sample-work.js";
export {
  type Checkpoint,
  type CheckpointInfo,
  decodeCheckpoint,
  encodeCheckpoint,
  weightsOfCheckpoint,
} from "./checkpoint.js";
export { whereNotFinite } from "./culprit.js";
export { readState } from "./read-state.js";
export { nextTurn } from "./turn.js";
