export { Adagrad, adagrad, type AdagradOptions } from "./adagrad.js";
export { Adam, adam, type AdamOptions, type Moments as AdamMoments } from "./adam.js";
export { AdamW, adamW, type AdamWOptions } from "./adamw.js";
export {
  type AnyOptimizerKind,
  optimizerDescriber,
  type OptimizerDescriber,
  type OptimizerDescription,
  type OptimizerKind,
} from "./describe.js";
export { buildOptimizer, optimizerKinds } from "./kinds.js";
export type { Optimizer, OptimizerChoice, StepInfo, UpdateState } from "./optimizer.js";
export { RmsProp, rmsProp, type RmsPropOptions } from "./rmsprop.js";
export { Sgd, sgd, type SgdOptions } from "./sgd.js";
