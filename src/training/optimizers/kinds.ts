/** The optimizers that can be described, and made from a description. */
import type { NamedParameter } from "../../network/index.js";
import { checkedOptions, describedKind } from "../../tensor/index.js";
import { adagrad } from "./adagrad.js";
import { adam } from "./adam.js";
import { adamW } from "./adamw.js";
import type { AnyOptimizerKind, OptimizerDescription } from "./describe.js";
import type { Optimizer } from "./optimizer.js";
import { rmsProp } from "./rmsprop.js";
import { sgd } from "./sgd.js";

/** The kinds of this package. A new one is a file, and a line here. */
export const optimizerKinds: readonly {
  /** Attached by {@link optimizerDescriber}. */
  readonly optimizerKind: AnyOptimizerKind;
}[] = [sgd, adam, adamW, adagrad, rmsProp];

/**
 * The optimizer that a description describes, for these parameters.
 *
 * @param kinds those that there are; add one's own to {@link optimizerKinds}
 * @throws InputError when the kind or an option is unknown, or an option is missing or out of range
 */
export function buildOptimizer(
  description: OptimizerDescription,
  parameters: readonly NamedParameter[],
  kinds: readonly { readonly optimizerKind: AnyOptimizerKind }[] = optimizerKinds,
): Optimizer {
  const { known, options } = describedKind(
    { what: "optimizer", example: "adam()" },
    description,
    kinds.map(({ optimizerKind }) => optimizerKind),
  );
  return known.build(parameters, checkedOptions(known, options));
}
