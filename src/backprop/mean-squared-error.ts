/**
 * The loss of a regression: the squared distance, averaged over all entries. Derived in
 * `derivations/mean-squared-error.md`.
 */
import { formatShape, mean, multiply, reject, sameShape, Tensor } from "../tensor/index.js";
import type { ForwardResult } from "./layer.js";
import { classNumbers, type Loss, lossDescriber, type Target, weightedMean } from "./loss.js";
import { roundedTo, zerosLike } from "./flat-rows.js";

/** What {@link meanSquaredErrorBackward} needs of the forward pass. */
export interface MeanSquaredErrorCache {
  /** prediction − target */
  readonly difference: Tensor;
}

/**
 * The squared distance, averaged over all entries. Derived in `derivations/mean-squared-error.md`,
 * (mean-squared-error.1).
 *
 * @param prediction any shape
 * @param target of the same shape and element type
 * @returns out, the loss as a scalar tensor, mean over all entries
 * @throws InputError when shapes or element types differ, or there is no entry
 */
export async function meanSquaredErrorForward(
  prediction: Tensor,
  target: Tensor,
): Promise<ForwardResult<MeanSquaredErrorCache>> {
  if (!sameShape(prediction.shape, target.shape)) {
    reject(
      "meanSquaredError",
      `a target of shape ${formatShape(prediction.shape)}`,
      formatShape(target.shape),
    );
  }
  const { shape, dtype } = prediction;
  if (target.dtype !== dtype)
    reject("meanSquaredError", `a target in ${dtype}`, target.dtype, "convert it with astype");
  if (prediction.size === 0)
    reject("meanSquaredError", "at least one number", `shape ${formatShape(shape)}`);
  const difference = Tensor.zeros(shape, dtype);
  const [from, to] = [prediction.contiguous().data, target.contiguous().data];
  const [d, round] = [difference.data, roundedTo(dtype)];
  let total = 0;
  for (let i = 0; i < d.length; i++) {
    d[i] = from[i]! - to[i]!;
    total += round(d[i]! * d[i]!);
  }
  // (mean-squared-error.1) loss = 1/M · Σᵢ (prediction[i] − target[i])²
  return { out: Tensor.full([], total / d.length, dtype), cache: { difference } };
}

/**
 * The gradient of {@link meanSquaredErrorForward}. Derived in `derivations/mean-squared-error.md`,
 * (mean-squared-error.4).
 *
 * @param dOut scalar
 * @returns dPrediction, of the prediction's shape
 */
export async function meanSquaredErrorBackward(
  dOut: Tensor,
  { difference }: MeanSquaredErrorCache,
): Promise<{
  /** Of the prediction's shape. */
  dPrediction: Tensor;
}> {
  const dPrediction = zerosLike(difference);
  // (mean-squared-error.4) dPrediction = dOut · 2/M · (prediction − target)
  const factor = (dOut.item() * 2) / difference.size;
  for (let i = 0; i < difference.size; i++) dPrediction.data[i] = factor * difference.data[i]!;
  return { dPrediction };
}

/**
 * Describes the squared distance, averaged over all entries, as a loss to train with. Its target is
 * a tensor of the prediction's shape [N, …]; class numbers stand for rows [N, C] of a 1 at the
 * class and 0 elsewhere. Derived in `derivations/mean-squared-error.md`, (mean-squared-error.1).
 */
export const meanSquaredError = lossDescriber<object>({
  kind: "meanSquaredError",
  rules: {},
  build: () => squaredErrors,
});

const squaredErrors: Loss = async (prediction, target, weights = null) => {
  const { out, cache } = await meanSquaredErrorForward(prediction, asNumbers(prediction, target));
  const { difference } = cache;
  const otherAxes = prediction.shape.map((_, axis) => axis).slice(1);
  return weightedMean(
    "meanSquaredError",
    {
      loss: out.item(),
      perExample: () => mean(multiply(difference, difference), { axes: otherAxes }),
      backward: async (dOut) =>
        (await meanSquaredErrorBackward(Tensor.full([], dOut, prediction.dtype), cache))
          .dPrediction,
    },
    weights,
  );
};

/** The target in the prediction's element type; class numbers become rows of 0 and 1. */
function asNumbers(prediction: Tensor, target: Target): Tensor {
  const { shape, dtype } = prediction;
  if (target instanceof Tensor) return target.dtype === dtype ? target : target.astype(dtype);
  const [N, C] = shape as [number, number];
  if (shape.length !== 2 || C === 1)
    reject(
      "meanSquaredError",
      `a target of shape ${formatShape(shape)}`,
      "class numbers",
      C === 1 ? "write [[3], [5]] for the numbers 3 and 5" : "they stand for rows [N, C]",
    );
  const rows = Tensor.zeros(shape, dtype);
  const classes = classNumbers("meanSquaredError", target, N, C);
  for (let n = 0; n < N; n++) rows.data[n * C + classes[n]!] = 1;
  return rows;
}
