/**
 * What a loss is: (prediction, target) → { loss, backward }, and how one is described. The
 * functions in the files of the losses do the work; this is what they share.
 *
 *   N examples   w weights of the examples   W their sum
 */
import {
  type Describe,
  describing,
  type Description,
  formatShape,
  type Kind,
  multiply,
  reject,
  scaleToOne,
  sum,
  Tensor,
} from "../tensor/index.js";

/**
 * What a prediction should have been: class numbers, one for each example, or a tensor of numbers.
 */
export type Target = Tensor | ArrayLike<number>;

/**
 * The mean over the examples of how wrong a prediction [N, …] is.
 *
 * @param prediction [N, …], what the network returned
 * @param target N class numbers, or a tensor of the prediction's shape, as the loss has it
 * @param weights how much each example counts, numbers ≥ 0; all count alike if left out. Only their
 *   ratios matter; with weights of 0 alone the loss is 0
 * @throws InputError when target or weights do not fit the prediction
 */
export type Loss = (
  prediction: Tensor,
  target: Target,
  weights?: ArrayLike<number> | null,
) => LossResult | Promise<LossResult>;

/** How wrong a prediction is, and the way back from there. */
export interface LossResult {
  /** The mean over the examples, weighted if they are; of cross-entropy, in nats. */
  readonly loss: number;
  /**
   * dPrediction, of the prediction's shape and element type.
   *
   * @param dOut the gradient that comes in, 1 if left out, since the loss is the end
   */
  readonly backward: (dOut?: number) => Tensor | Promise<Tensor>;
}

/** A loss's kind, and its options by name: plain JSON. */
export type LossDescription = Description;

/** What is to be known of a kind of loss, so that it can be described. */
export interface LossKind<Options extends object> extends Kind<Options> {
  /** Makes the loss that options describe; `inner` builds the losses that it is made of. */
  readonly build: (options: Options, inner: (loss: LossDescription | Loss) => Loss) => Loss;
}

/** A kind as it stands in a list of kinds, whatever its options are. */
export type AnyLossKind = LossKind<Record<string, unknown>>;

/** What knows a kind of loss, as each function does that describes one. */
export interface HasLossKind {
  /** The kind of what it describes. */
  readonly lossKind: AnyLossKind;
}

/** Describes losses of one kind. */
export type LossDescriber<Options> = Describe<Options> & HasLossKind;

/** A function that describes losses of a kind, and checks their options as `describing` does. */
export function lossDescriber<Options extends object>(
  kind: LossKind<Options>,
): LossDescriber<Options> {
  return Object.assign(describing(kind), { lossKind: kind }) as unknown as LossDescriber<Options>;
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
  const ratios = ratiosOf(where, weights, N);
  const total = ratios.reduce((all, weight) => all + weight, 0);
  const w = Tensor.from(ratios, [N], losses.dtype);
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

/**
 * The weights, all times one power of 2 that brings the largest near 1: their ratios are what
 * counts, and float32 has no numbers as small or large as float64's.
 *
 * @throws InputError unless there is a weight for each example, a finite number ≥ 0
 */
function ratiosOf(where: string, weights: ArrayLike<number>, N: number): Float64Array {
  if (weights.length !== N)
    reject(where, `a weight for each of ${N} examples`, `${weights.length} weights`);
  let largest = 0;
  for (let n = 0; n < N; n++) {
    const weight = weights[n]!;
    if (!(Number.isFinite(weight) && weight >= 0))
      reject(where, "weights that are finite numbers ≥ 0", `${weight} for example ${n}`);
    largest = Math.max(largest, weight);
  }
  const scale = scaleToOne(largest);
  return Float64Array.from(weights, (weight) => weight * scale);
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
        `${typeof label === "number" ? label : anOf(label)} for example ${n}`,
        hintFor(label, C),
      );
  }
  return numbers;
}

function anOf(label: unknown): string {
  return typeof label === "object" ? "an object" : `a ${typeof label}`;
}

/** How something that is no class number becomes one. */
function hintFor(label: unknown, C: number): string | undefined {
  if (typeof label === "bigint" || typeof label === "string") return "Array.from(labels, Number)";
  if (typeof label === "object") return "of a row with a single 1, give the place of the 1";
  return label === C ? "do they begin with 1? then take 1 from each" : undefined;
}
