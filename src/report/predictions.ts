/** What a network says to all test images. */
import { softmaxForward } from "../backprop/index.js";
import type { StopSignal } from "../tensor/index.js";
import { evaluate } from "../training/index.js";
import type { ReportedRun } from "./run.js";

/** What a network makes of some images. */
export interface Predictions {
  /** How many images there are. */
  readonly count: number;
  /** How many outputs the network has. */
  readonly classes: number;
  /** [count, classes], the softmax of the outputs. */
  readonly probabilities: Float64Array;
  /** The class of the largest output of each image. */
  readonly guesses: Uint32Array;
  /** The right class of each image. */
  readonly labels: ArrayLike<number>;
  /** In the recipe's own loss; nats for softmax cross-entropy. */
  readonly loss: number;
}

const BATCH = 256;

/**
 * Classifies all test images, in evaluation, 256 at a time.
 *
 * @param stop ends it before the next batch
 * @throws InputError when an output is not finite; what `stop` was aborted with
 */
export async function predictAll(
  run: Pick<ReportedRun, "network" | "test" | "backend" | "recipe" | "classNames">,
  stop?: StopSignal,
): Promise<Predictions> {
  const { network, test, backend, recipe } = run;
  const [count, classes] = [test.images.count, run.classNames.length];
  const probabilities = new Float64Array(count * classes);
  const waiting: Promise<void>[] = [];
  let from = 0;
  const { loss } = await evaluate({
    ...{ network, dataset: test, backend, batchSize: Math.min(BATCH, count) },
    ...{ loss: recipe.loss, meanOver: recipe.meanOver },
    onBatch: (outputs) => {
      stop?.throwIfAborted();
      const at = from;
      from += outputs.size;
      waiting.push(
        softmaxForward(outputs.astype("float64")).then(({ out }) =>
          probabilities.set(out.contiguous().data, at),
        ),
      );
    },
  });
  await Promise.all(waiting);
  const guesses = Uint32Array.from({ length: count }, (_, n) => {
    let best = 0;
    for (let c = 1; c < classes; c++)
      if (probabilities[n * classes + c]! > probabilities[n * classes + best]!) best = c;
    return best;
  });
  return { count, classes, probabilities, guesses, labels: test.labels, loss };
}

/** [classes][classes]: how many images of a class, its row, were taken for each, its column. */
export function confusionOf({ classes, guesses, labels, count }: Predictions): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let n = 0; n < count; n++) counts[labels[n]!]![guesses[n]!]!++;
  return counts;
}

/** How many of the images are taken for what they are. */
export function countRight({ guesses, labels }: Predictions): number {
  return guesses.reduce((right, guess, n) => right + (guess === labels[n] ? 1 : 0), 0);
}
