/** Optimizers by name and options, before there are parameters to change. */
import type { NamedParameter } from "../../network/index.js";
import { Adagrad, type AdagradOptions } from "./adagrad.js";
import { Adam, type AdamOptions } from "./adam.js";
import { AdamW, type AdamWOptions } from "./adamw.js";
import type { Optimizer } from "./optimizer.js";
import { RmsProp, type RmsPropOptions } from "./rmsprop.js";
import { Sgd, type SgdOptions } from "./sgd.js";

/** Builds an optimizer of the parameters that are to be trained. */
export type OptimizerChoice = (parameters: readonly NamedParameter[]) => Optimizer;

/** One without parameters is built at once, so that wrong options are refused here. */
function choice(build: OptimizerChoice): OptimizerChoice {
  build([]);
  return build;
}

export const adagrad = (options: AdagradOptions = {}): OptimizerChoice =>
  choice((parameters) => new Adagrad(parameters, options));

export const adam = (options: AdamOptions = {}): OptimizerChoice =>
  choice((parameters) => new Adam(parameters, options));

export const adamW = (options: AdamWOptions = {}): OptimizerChoice =>
  choice((parameters) => new AdamW(parameters, options));

export const rmsProp = (options: RmsPropOptions = {}): OptimizerChoice =>
  choice((parameters) => new RmsProp(parameters, options));

export const sgd = (options: SgdOptions): OptimizerChoice =>
  choice((parameters) => new Sgd(parameters, options));
