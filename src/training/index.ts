/** Optimizers, recipes and the training loop. */
export * from "./optimizers/index.js";
export { clipGradients } from "./clip.js";
export {
  constant,
  cosine,
  oneCycle,
  type OneCycleOptions,
  type Schedule,
  stepDecay,
  warmUp,
} from "./schedules.js";
export { countCorrect } from "./metrics.js";
export { evaluate, type EvaluateOptions, type Evaluation } from "./evaluate.js";
export { findRecipe, type Recipe, recipes } from "./recipes.js";
export {
  type EpochEvent,
  type EpochResult,
  type EvaluationEvent,
  type StepEvent,
  train,
  type TrainingEvent,
  type TrainOptions,
} from "./train.js";
export { sampleOfEvaluation, sampleOfTraining, type SampleWork } from "./sample-work.js";
export {
  type Checkpoint,
  type CheckpointInfo,
  decodeCheckpoint,
  encodeCheckpoint,
} from "./checkpoint.js";
