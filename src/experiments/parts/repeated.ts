/** As many examples as one wants, out of a few. */
import type { Dataset } from "../../data/index.js";
import type { Random } from "../../tensor/index.js";

/**
 * Passes through all examples, each in a new random order, as one data set of `total` examples: so
 * the number of steps does not depend on how many examples there are.
 */
export function repeated(examples: Dataset, total: number, random: Random): Dataset {
  const order = new Uint32Array(total);
  for (let done = 0; done < total; done += examples.count)
    order.set(random.permutation(examples.count).subarray(0, total - done), done);
  return examples.gather(order);
}
