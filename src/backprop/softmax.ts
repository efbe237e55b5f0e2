/**
 * Softmax over the last axis: scores become probabilities. Derived in
 * `derivations/softmax-cross-entropy.md`.
 */
import { exp, type Tensor } from "../tensor/index.js";
import { checkDOut, type ForwardResult, type InputGradient } from "./layer.js";
import { largestOf, lastExtent, roundedTo, zerosLike } from "./flat-rows.js";

/** What {@link softmaxBackward} needs of the forward pass. */
export interface SoftmaxCache {
  /** The result, of x's shape. */
  readonly probabilities: Tensor;
}

/**
 * Makes probabilities of scores, row by row. Derived in `derivations/softmax-cross-entropy.md`,
 * (softmax-cross-entropy.1).
 *
 * @param x [..., C]
 * @returns out, of x's shape, non-negative and adding up to 1 along the last axis
 * @throws InputError when there is nothing along it
 */
export async function softmaxForward(x: Tensor): Promise<ForwardResult<SoftmaxCache>> {
  const C = lastExtent("softmax", x);
  const out = zerosLike(x);
  const [scores, p, round] = [x.contiguous().data, out.data, roundedTo(x.dtype)];
  for (let start = 0; start < p.length; start += C) {
    const largest = largestOf(scores, start, start + C);
    let total = 0;
    for (let i = start; i < start + C; i++) {
      p[i] = exp(round(scores[i]! - largest));
      total += p[i]!;
    }
    // (softmax-cross-entropy.1) p = exp(x) / Σ exp(x), with x − max(x) for x
    for (let i = start; i < start + C; i++) p[i]! /= round(total);
  }
  return { out, cache: { probabilities: out } };
}

/**
 * The gradient of {@link softmaxForward}. Derived in `derivations/softmax-cross-entropy.md`,
 * (softmax-cross-entropy.11).
 *
 * @param dOut of x's shape
 * @returns dX, of x's shape
 * @throws InputError when dOut has another shape
 */
export async function softmaxBackward(
  dOut: Tensor,
  { probabilities }: SoftmaxCache,
): Promise<InputGradient> {
  checkDOut("softmaxBackward", dOut, probabilities.shape);
  const C = lastExtent("softmaxBackward", dOut);
  const dX = zerosLike(dOut);
  const [d, p, round] = [
    dOut.contiguous().data,
    probabilities.contiguous().data,
    roundedTo(dOut.dtype),
  ];
  for (let start = 0; start < d.length; start += C) {
    let total = 0;
    for (let i = start; i < start + C; i++) total += round(d[i]! * p[i]!);
    const sum = round(total);
    // (softmax-cross-entropy.11) dX = p ⊙ (dOut − Σ dOut ⊙ p)
    for (let i = start; i < start + C; i++) dX.data[i] = p[i]! * round(d[i]! - sum);
  }
  return { dX };
}
