/** Several losses of one prediction, added up. Derived in `derivations/mean-squared-error.md`. */
import { required, type Rule, Tensor } from "../tensor/index.js";
import { type Loss, type LossDescription, lossDescriber, type LossResult } from "./loss.js";

/** A factor, and the loss that it belongs to. */
export type WeightedLoss = readonly [factor: number, loss: LossDescription | Loss];

const parts: Rule = {
  expected: "at least one [factor, loss], such as [[1, softmaxCrossEntropy()]]",
  accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(isWeightedLoss),
};

const describe = lossDescriber<{ readonly parts: readonly WeightedLoss[] }>({
  kind: "weightedSum",
  rules: { parts: required(parts) },
  build: ({ parts }, inner) => sumOfLosses(parts.map(([factor, loss]) => [factor, inner(loss)])),
});

/**
 * Describes several losses of one prediction and one target, each times its factor, added up.
 * Derived in `derivations/mean-squared-error.md`, (mean-squared-error.8).
 *
 * @param parts factors and losses: `[[1, softmaxCrossEntropy()], [0.1, meanSquaredError()]]`. A
 *   loss of one's own is a function, and then the description is no JSON
 * @throws InputError when there is none, or a factor is no finite number
 */
export const weightedSum = Object.assign(
  (parts: readonly WeightedLoss[]): LossDescription => describe({ parts }),
  {
    /** See {@link HasLossKind.lossKind}. */
    lossKind: describe.lossKind,
  },
);

function sumOfLosses(parts: readonly (readonly [factor: number, loss: Loss])[]): Loss {
  return async (prediction, target, weights) => {
    const results: LossResult[] = [];
    for (const [, loss] of parts) results.push(await loss(prediction, target, weights));
    const factors = parts.map(([factor]) => factor);
    return {
      // (mean-squared-error.8) loss = Σₖ f[k] · lossₖ
      loss: results.reduce((total, { loss }, k) => total + factors[k]! * loss, 0),
      backward: async (dOut = 1) => {
        const total = Tensor.zeros(prediction.shape, prediction.dtype);
        for (const [k, { backward }] of results.entries()) {
          // (mean-squared-error.9) dPrediction = Σₖ dPredictionₖ, dOutₖ = f[k] · dOut
          const own = (await backward(factors[k]! * dOut)).contiguous().data;
          for (let i = 0; i < own.length; i++) total.data[i]! += own[i]!;
        }
        return total;
      },
    };
  };
}

function isWeightedLoss(part: unknown): boolean {
  if (!Array.isArray(part) || part.length !== 2) return false;
  const [factor, loss] = part as [unknown, unknown];
  const isLoss = typeof loss === "function" || (typeof loss === "object" && loss !== null);
  return Number.isFinite(factor) && isLoss;
}
