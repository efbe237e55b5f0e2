/**
 * The loss of a classifier: how surprised the softmax of the logits is by the right class, in nats,
 * averaged over the batch. Derived in `derivations/softmax-cross-entropy.md`.
 *
 *   N rows of the batch   C classes
 */
import {
  checkOptions,
  type Data,
  exp,
  formatShape,
  log,
  multiply,
  reject,
  type Rules,
  share,
  sum,
  Tensor,
  where as select,
} from "../tensor/index.js";
import type { ForwardResult } from "./layer.js";
import { classNumbers, type Loss, lossDescriber, type Target, weightedMean } from "./loss.js";
import { largestOf, roundedTo, zerosLike } from "./flat-rows.js";

/** How sure the targets are. */
export interface SoftmaxCrossEntropyOptions {
  /**
   * ε, the share of the target's probability that is spread evenly over all classes, from 0 (none)
   * to 1; 0 if left out. See (softmax-cross-entropy.13).
   */
  readonly labelSmoothing?: number;
}

const crossEntropyRules: Rules<SoftmaxCrossEntropyOptions> = { labelSmoothing: share };

/** What {@link softmaxCrossEntropyBackward} needs of the forward pass. */
export interface SoftmaxCrossEntropyCache {
  /** [N, C], the softmax of the logits. */
  readonly probabilities: Tensor;
  /** [N, C], what they should be. */
  readonly targets: Tensor;
  /** [N, C], the logarithms of the probabilities. */
  readonly logP: Tensor;
}

/**
 * How surprised the softmax of the logits is by the right class. Derived in
 * `derivations/softmax-cross-entropy.md`, (softmax-cross-entropy.15).
 *
 * @param logits [N, C]
 * @param labels the right class of each row, 0 … C − 1: an array of numbers, or a tensor [N]
 * @returns out, the loss as a scalar tensor, in nats, mean over N; finite as long as no target asks
 *   for a class that is less likely than every number, as one with a logit of −∞ is
 * @throws InputError when shapes do not fit, a label is not a class, there is no row, or an option
 *   is unknown or out of range
 */
export async function softmaxCrossEntropyForward(
  logits: Tensor,
  labels: Target,
  options: SoftmaxCrossEntropyOptions = {},
): Promise<ForwardResult<SoftmaxCrossEntropyCache>> {
  const { labelSmoothing = 0 } = checkOptions("softmaxCrossEntropy", options, crossEntropyRules);
  const targets = targetDistribution(logits, labels, labelSmoothing);
  const [N, C] = logits.shape as [number, number];
  const [logP, probabilities] = [0, 1].map(() => Tensor.zeros([N, C], logits.dtype));
  const cache = { probabilities: probabilities!, targets, logP: logP! };
  const [scores, t, p, z] = [logits.contiguous(), targets, cache.probabilities, cache.logP].map(
    ({ data }) => data,
  ) as [Data, Data, Data, Data];
  const round = roundedTo(logits.dtype);
  let agreement = 0;
  for (let start = 0; start < N * C; start += C) {
    const end = start + C;
    const largest = largestOf(scores, start, end);
    let total = 0;
    for (let i = start; i < end; i++) {
      // (softmax-cross-entropy.3) z = logits − max(logits):
      //   the same probabilities, and no exponent above 0
      z[i] = scores[i]! - largest;
      p[i] = exp(z[i]!);
      total += p[i]!;
    }
    const logTotal = round(log(round(total)));
    for (let i = start; i < end; i++) {
      // (softmax-cross-entropy.16) log p = z − log Σ exp(z)
      const logOfP = round(z[i]! - logTotal);
      z[i] = logOfP;
      p[i] = exp(logOfP);
      // 0 · log 0 is 0, though log 0 is −∞
      if (t[i] !== 0) agreement += round(t[i]! * logOfP);
    }
  }
  // (softmax-cross-entropy.15) loss = −1/N · Σₙ Σ_c targets[n, c] · log p[n, c]
  const loss = round(agreement) * (-1 / N);
  return { out: Tensor.full([], loss, logits.dtype), cache };
}

/**
 * The gradient of {@link softmaxCrossEntropyForward}: how far the probabilities are from the
 * targets. Derived in `derivations/softmax-cross-entropy.md`, (softmax-cross-entropy.22).
 *
 * @param dOut scalar
 * @returns dLogits [N, C]
 */
export async function softmaxCrossEntropyBackward(
  dOut: Tensor,
  { probabilities, targets }: SoftmaxCrossEntropyCache,
): Promise<{
  /** [N, C] */
  dLogits: Tensor;
}> {
  const N = targets.shape[0]!;
  const dLogits = zerosLike(targets);
  const [p, t] = [probabilities.contiguous().data, targets.contiguous().data];
  const round = roundedTo(targets.dtype);
  const factor = dOut.item() / N;
  for (let i = 0; i < p.length; i++) {
    // (softmax-cross-entropy.22) dLogits = dOut/N · (p − targets)
    dLogits.data[i] = round(p[i]! - t[i]!) * factor;
  }
  return { dLogits };
}

/**
 * Describes softmax and cross-entropy as a loss to train with, in nats: of logits [N, C], with a
 * class number for each of N examples as its target. Derived in
 * `derivations/softmax-cross-entropy.md`, (softmax-cross-entropy.15).
 *
 * @throws InputError when the label smoothing is not from 0 to 1
 */
export const softmaxCrossEntropy = lossDescriber({
  kind: "softmaxCrossEntropy",
  rules: crossEntropyRules,
  build: lossOf,
});

function lossOf(options: SoftmaxCrossEntropyOptions): Loss {
  return async (logits, target, weights = null) => {
    const { out, cache } = await softmaxCrossEntropyForward(logits, target, options);
    return weightedMean(
      "softmaxCrossEntropy",
      {
        loss: out.item(),
        perExample: () => {
          const { targets, logP } = cache;
          return multiply(sum(select(targets, multiply(targets, logP), 0), { axes: 1 }), -1);
        },
        backward: async (dOut) =>
          (await softmaxCrossEntropyBackward(Tensor.full([], dOut, logits.dtype), cache)).dLogits,
      },
      weights,
    );
  };
}

/** (softmax-cross-entropy.13) targets[n, c] = (1 − ε)·1[c = labels[n]] + ε/C */
function targetDistribution(logits: Tensor, labels: Target, labelSmoothing: number): Tensor {
  const where = "softmaxCrossEntropy";
  if (logits.rank !== 2) reject(where, "logits of shape [N, C]", formatShape(logits.shape));
  const [N, C] = logits.shape as [number, number];
  const classes = classNumbers(where, labels, N, C);
  if (N === 0) reject(where, "at least one row", "none");
  const targets = Tensor.full(logits.shape, labelSmoothing / C, logits.dtype);
  for (let n = 0; n < N; n++) targets.data[n * C + classes[n]!]! += 1 - labelSmoothing;
  return targets;
}
