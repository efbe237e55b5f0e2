/**
 * What a loss is: (prediction, target) → { loss, backward }. The functions in the files of the
 * losses do the work; these are ways to put losses together.
 *
 *   N examples   w weights of the examples   W their sum
 */
import { formatShape, multiply, reject, sum, Tensor } from "../tensor/index.js";

/**
 * What a prediction should have been: class numbers, one for each example, or a tensor of numbers.
 */
export type Target = Tensor | ArrayLike<number>;

/**
 * The mean over the examples of how wrong a prediction [N, …] is.
 *
 * @param weights how much each example counts, numbers ≥ 0; all count alike if left out. Only their
 *   ratios matter; with weights of 0 alone the loss is 0
 * @throws InputError when target or weights do not fit the prediction
 */
export type Loss = (
  prediction: Tensor,
  target: Target,
  weights?: ArrayLike<number> | null,
) => LossResult | Promise<LossResult>;

export interface LossResult {
  readonly loss: number;
  /**
   * dPrediction, of the prediction's shape and element type.
   *
   * @param dOut the gradient that comes in, 1 if left out, since the loss is the end
   */
  readonly backward: (dOut?: number) => Tensor | Promise<Tensor>;
}

/** A loss that takes the mean over its examples, before they are weighted. */
interface PlainMean {
  readonly loss: number;
  /** [N], what each example costs; the loss is their mean. */
  readonly perExample: () => Tensor;
  readonly backward: (dOut: number) => Promise<Tensor>;
}

/** The mean over the examples as their weights have it. */
export function weightedMean(
  where: string,
  { loss, perExample, backward }: PlainMean,
  weights: ArrayLike<number> | null,
): LossResult {
  if (weights === null) return { loss, backward: (dOut = 1) => backward(dOut) };
  const losses = perExample();
  const N = losses.size;
  const total = sumOfWeights(where, weights, N);
  const w = Tensor.from(weights, [N], losses.dtype);
  const share = total === 0 ? 0 : 1 / total;
  return {
    // (mean-squared-error.5) loss = 1/W · Σₙ w[n] · loss[n]
    loss: sum(multiply(w, losses)).item() * share,
    backward: async (dOut = 1) => {
      const dPrediction = await backward(dOut);
      const rows = w.reshape([N, ...dPrediction.shape.slice(1).map(() => 1)]);
      // (mean-squared-error.7) dPrediction[n] = N·w[n]/W · dMean[n]
      return multiply(multiply(rows, N * share), dPrediction);
    },
  };
}

/** W. @throws InputError unless there is a weight for each example, a finite number ≥ 0 */
function sumOfWeights(where: string, weights: ArrayLike<number>, N: number): number {
  if (weights.length !== N)
    reject(where, `a weight for each of ${N} examples`, `${weights.length} weights`);
  let total = 0;
  for (let n = 0; n < N; n++) {
    const weight = weights[n]!;
    if (!(Number.isFinite(weight) && weight >= 0))
      reject(where, "weights that are finite numbers ≥ 0", `${weight} for example ${n}`);
    total += weight;
  }
  return total;
}

/**
 * Several losses of one prediction and one target, each times its factor, added up.
 *
 * @param parts factors and losses: `[[1, softmaxCrossEntropy()], [0.1, meanSquaredError()]]`
 * @throws InputError when there is none, or a factor is no finite number
 */
export function weightedSum(parts: readonly (readonly [factor: number, loss: Loss])[]): Loss {
  if (parts.length === 0) reject("weightedSum", "at least one factor with its loss", "none");
  const wrong = parts.find(
    ([factor, loss]) => !Number.isFinite(factor) || typeof loss !== "function",
  );
  if (wrong !== undefined)
    reject("weightedSum", "[factor, loss], a finite number and a loss", `[${wrong.map(kindOf)}]`);
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

function kindOf(part: unknown): string {
  return typeof part === "number" ? String(part) : typeof part;
}

/**
 * A target as class numbers.
 *
 * @param C how many classes there are
 * @throws InputError naming the first that is no class, or what was given in their place
 */
export function classNumbers(
  where: string,
  target: Target,
  N: number,
  C: number,
): ArrayLike<number> {
  if (target instanceof Tensor && target.rank !== 1)
    reject(where, `${N} class numbers`, `a tensor of shape ${formatShape(target.shape)}`);
  const numbers = target instanceof Tensor ? target.contiguous().data : target;
  if (numbers?.length !== N)
    reject(
      where,
      `a class number for each of ${N} examples`,
      numbers?.length === undefined ? typeof numbers : `${numbers.length} of them`,
    );
  for (let n = 0; n < N; n++) {
    const label: unknown = numbers[n];
    if (!(Number.isInteger(label) && (label as number) >= 0 && (label as number) < C))
      reject(
        where,
        `class numbers from 0 to ${C - 1}`,
        `${typeof label === "number" ? label : `a ${typeof label}`} for example ${n}`,
      );
  }
  return numbers;
}
