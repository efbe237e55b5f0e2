/**
 * The gradient of softmax and cross-entropy in loops. Derived in
 * `derivations/softmax-cross-entropy.md`.
 *
 *   n row of the batch   c, j class
 *
 * Forward, (softmax-cross-entropy.15): the loss is the mean over the rows n of
 * -Σ_c targets[n][c] · log p[n][c], where p[n] is the softmax of logits[n]. The target of the right
 * class is 1 - labelSmoothing, and every class has labelSmoothing / C on top of that.
 */
import { exp } from "../../../tensor/index.js";
import type { GivenOf } from "../letters.js";
import { zeros } from "./zeros.js";

export function backward({
  dOut,
  logits,
  labels,
  labelSmoothing,
  N,
  C,
}: GivenOf<"softmaxCrossEntropy">) {
  const dLogits = zeros(N, C);
  for (let n = 0; n < N; n++) {
    let total = 0;
    for (let j = 0; j < C; j++) total += exp(logits[n][j]);
    for (let c = 0; c < C; c++) {
      // (softmax-cross-entropy.1) p[n, c] = exp(logits[n, c]) / Σⱼ exp(logits[n, j])
      const p = exp(logits[n][c]) / total;
      // (softmax-cross-entropy.13) targets[n, c] = (1 − ε)·1[c = labels[n]] + ε/C
      const target = (c === labels[n] ? 1 - labelSmoothing : 0) + labelSmoothing / C;
      // (softmax-cross-entropy.22) dLogits[n, c] = dOut/N · (p[n, c] − targets[n, c])
      dLogits[n][c] = (dOut / N) * (p - target);
    }
  }
  return { dLogits };
}
