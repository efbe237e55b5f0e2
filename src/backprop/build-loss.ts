/** Losses from descriptions. */
import { checkDepth, checkedOptions, describedKind, inside, reject } from "../tensor/index.js";
import type { AnyLossKind, HasLossKind, Loss, LossDescription } from "./loss.js";
import { meanSquaredError } from "./mean-squared-error.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
import { weightedSum } from "./weighted-sum.js";

/** A new loss is a file, and a line here. */
export const lossKinds: readonly HasLossKind[] = [
  softmaxCrossEntropy,
  meanSquaredError,
  weightedSum,
];

/**
 * The loss that a description describes; one's own function is handed on.
 *
 * @param kinds those that there are; add one's own to {@link lossKinds}
 * @throws InputError when the kind or an option is unknown, or an option is missing or out of range
 */
export function buildLoss(
  given: LossDescription | Loss,
  kinds: readonly HasLossKind[] = lossKinds,
): Loss {
  checkDepth("loss", given);
  const all = kinds.map(({ lossKind }) => lossKind);
  const build = (loss: LossDescription | Loss): Loss => {
    if (typeof loss === "function") return notDescriber(loss);
    const { known, options } = describedKind(words, loss, all);
    const inner = (part: LossDescription | Loss): Loss => inside(known.kind, () => build(part));
    return known.build(checkedOptions(known, options), inner);
  };
  return build(given);
}

const words = { what: "loss", example: "softmaxCrossEntropy()" };

/** @throws InputError when it is not a loss, but what describes one */
function notDescriber(loss: Loss): Loss {
  if (!("lossKind" in loss)) return loss;
  const { kind } = loss.lossKind as AnyLossKind;
  return reject("loss", "a description", `the function ${kind}`, `call it: ${kind}()`);
}
