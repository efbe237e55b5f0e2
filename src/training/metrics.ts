import { argmax, type Tensor } from "../tensor/index.js";

/**
 * How many rows have their largest logit at the right class.
 *
 * @param logits [N, C]
 * @param labels N classes
 */
export function countCorrect(logits: Tensor, labels: ArrayLike<number>): number {
  let correct = 0;
  argmax(logits, 1).forEach((guess, n) => {
    if (guess === labels[n]) correct++;
  });
  return correct;
}
