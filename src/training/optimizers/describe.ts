/** Optimizers as data: a kind and its checked options, plain JSON, as layers are. */
import type { NamedParameter } from "../../network/index.js";
import { type Describe, describing, type Description, type Kind } from "../../tensor/index.js";
import type { Optimizer } from "./optimizer.js";

/** An optimizer's kind, and its options by name. */
export type OptimizerDescription = Description;

/** What is to be known of a kind of optimizer, so that it can be described. */
export interface OptimizerKind<Options extends object> extends Kind<Options> {
  /**
   * Builds it from options that `rules` accepts.
   *
   * @param parameters those that it is to change; its running values live where they do
   */
  readonly build: (parameters: readonly NamedParameter[], options: Options) => Optimizer;
}

/** A kind as it stands in a list of kinds, whatever its options are. */
export type AnyOptimizerKind = OptimizerKind<Record<string, unknown>>;

/** Describes optimizers of one kind. */
export type OptimizerDescriber<Options> = Describe<Options> & {
  /** The kind of what it describes. */
  readonly optimizerKind: AnyOptimizerKind;
};

/**
 * A function that describes optimizers of a kind. It throws an InputError when an option is
 * unknown, out of range or missing.
 */
export function optimizerDescriber<Options extends object>(
  kind: OptimizerKind<Options>,
): OptimizerDescriber<Options> {
  return Object.assign(describing(kind), {
    optimizerKind: kind,
  }) as unknown as OptimizerDescriber<Options>;
}
