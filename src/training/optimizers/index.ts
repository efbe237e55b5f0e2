export { adagrad, adam, adamW, type OptimizerChoice, rmsProp, sgd } from "./choices.js";
export { Adagrad, type AdagradOptions } from "./adagrad.js";
export { Adam, type AdamOptions } from "./adam.js";
export { AdamW, type AdamWOptions } from "./adamw.js";
export type { Optimizer } from "./optimizer.js";
export { RmsProp, type RmsPropOptions } from "./rmsprop.js";
export { Sgd, type SgdOptions } from "./sgd.js";
