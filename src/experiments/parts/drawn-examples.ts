/** What a unit trains with, and what it is tried on. */
import { type Dataset, drawSubset } from "../../data/index.js";
import { Random } from "../../tensor/index.js";
import { type Laboratory, validationSplit } from "../laboratory.js";

/**
 * Some of the training images, drawn by the seed as `leibniz train` draws them, and the images
 * that are classified after every epoch.
 *
 * @param images all of them where there are no more
 * @param isSearch whether something is to be chosen, for which test images are not looked at
 */
export function drawnExamples(
  images: number,
  isSearch: boolean,
  seed: number,
  { mnist }: Pick<Laboratory, "mnist">,
): { data: Dataset; test: Dataset } {
  const { train, validation } = validationSplit(mnist);
  const all = isSearch ? train : mnist.train;
  const test = isSearch ? validation : mnist.test;
  if (images >= all.count) return { data: all, test };
  return {
    data: all.gather(drawSubset(all.count, images, new Random(seed).split("subset"))),
    test,
  };
}
