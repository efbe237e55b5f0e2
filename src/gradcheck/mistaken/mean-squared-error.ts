import type { Mistaken, MistakenPoint } from "./mistaken.js";

/** What an entry of dPrediction may be made of. */
interface At {
  readonly prediction: number;
  readonly target: number;
  /** prediction − target */
  readonly difference: number;
  /** All entries. */
  readonly M: number;
  readonly shape: readonly number[];
  /** The mean of the squared differences. */
  readonly loss: number;
}

/** dPrediction = dOut · what `entry` says: 2/M · (prediction − target) if nothing is wrong. */
export function squaredErrorGradient(
  { inputs, dOut }: MistakenPoint,
  entry: (at: At) => number,
): number[] {
  const { shape } = inputs["prediction"]!;
  const [prediction, target] = [inputs["prediction"]!, inputs["target"]!].map((one) => [
    ...one.contiguous().data,
  ]) as [number[], number[]];
  const M = prediction.length;
  const differences = prediction.map((one, i) => one - target[i]!);
  const loss = differences.reduce((total, one) => total + one * one, 0) / M;
  return differences.map((difference, i) => {
    const numbers = { prediction: prediction[i]!, target: target[i]!, difference };
    return dOut.item() * entry({ ...numbers, M, shape, loss });
  });
}

function wrong(tag: string, entries: Readonly<Record<string, (at: At) => number>>): Mistaken[] {
  return Object.entries(entries).map(([says, entry]) => ({
    argument: "prediction",
    says,
    tag: `mean-squared-error.${tag}`,
    gradient: (point) => squaredErrorGradient(point, entry),
  }));
}

export const meanSquaredError: readonly Mistaken[] = [
  ...wrong("2", {
    "the 2 of the square's slope is missing: 2/M · (prediction − target)": ({ difference, M }) =>
      difference / M,
    "the square is still there: its slope is 2 · (prediction − target)": ({ difference, M }) =>
      (2 * difference * difference) / M,
    "the square over M is a term of the loss itself, not its slope": ({ difference, M }) =>
      (difference * difference) / M,
    "only the sign comes back: the slope of |prediction − target|, not of its square": ({
      difference,
      M,
    }) => Math.sign(difference) / M,
    "only the sign of the difference comes back, not the difference": ({ difference, M }) =>
      (2 * Math.sign(difference)) / M,
    "the sign of the difference is lost: |prediction − target|": ({ difference, M }) =>
      (2 * Math.abs(difference)) / M,
    "the target is not subtracted": ({ prediction, M }) => (2 * prediction) / M,
    "the prediction is missing in prediction − target": ({ target, M }) => (-2 * target) / M,
    "the target is added; it has to be subtracted": ({ prediction, target, M }) =>
      (2 * (prediction + target)) / M,
    "the inner slope of prediction − target has to be 1, not prediction": ({
      prediction,
      difference,
      M,
    }) => (2 * difference * prediction) / M,
  }),
  ...wrong("4", {
    "the mean is taken over the N rows instead of all M entries": ({ difference, shape }) =>
      (2 * difference) / shape[0]!,
    "the mean is taken over the last axis instead of all M entries": ({ difference, shape }) =>
      (2 * difference) / shape.at(-1)!,
    "the mean is taken over the entries of one row instead of all M": ({ difference, M, shape }) =>
      (2 * difference) / (M / shape[0]!),
    "the slope is that of the root of the mean square; the loss has no root": ({
      difference,
      M,
      loss,
    }) => difference / (M * Math.sqrt(loss)),
    "the difference is multiplied by the loss": ({ difference, M, loss }) =>
      (2 * difference * loss) / M,
    "N divides besides M: the factor has to be 2/M": ({ difference, M, shape }) =>
      (2 * difference) / (M * shape[0]!),
    "M divides twice: the factor has to be 2/M": ({ difference, M }) => (2 * difference) / (M * M),
  }),
];
