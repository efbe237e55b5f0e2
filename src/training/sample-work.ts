/** A step of training, or of evaluation, for measuring how fast a backend does it. */
import type { LabelledImages } from "../data/index.js";
import type { Backend, Work } from "../kernels/index.js";
import { Random } from "../tensor/index.js";
import { evaluate } from "./evaluate.js";
import { buildOptimizer } from "./optimizers/index.js";
import { type Recipe, recipeNetwork } from "./recipes.js";
import { train } from "./train.js";

/** More images in a step would make it longer, and the comparison hardly better. */
const MOST_IMAGES = 32;

/** A piece of work that can be timed on several backends. */
export interface SampleWork {
  /** In one step. */
  readonly images: number;
  /** Builds the recipe's network on a backend, and returns what does one step of it. */
  readonly prepare: (backend: Backend) => Promise<Work>;
}

/**
 * Training steps on the first images of a data set, in batches of the recipe's size, but of at most
 * 32. `prepare` throws an InputError when the recipe's network does not take the images.
 */
export function sampleOfTraining(recipe: Recipe, dataset: LabelledImages): SampleWork {
  const images = Math.min(recipe.batchSize, MOST_IMAGES, dataset.images.count);
  const subset = Uint32Array.from({ length: images }, (_, i) => i);
  const prepare = async (backend: Backend): Promise<Work> => {
    const random = new Random("sample");
    const network = recipeNetwork(recipe, backend, random);
    const optimizer = buildOptimizer(recipe.optimizer, network.parameters);
    const step = async (): Promise<void> => {
      const run = train({
        recipe,
        network,
        train: dataset,
        test: dataset,
        backend,
        random,
        epochs: 1,
        subset,
        from: { epoch: 0, optimizer },
      });
      await run.next(); // the first event comes after the first step
      await run.return(undefined);
    };
    return { step, dispose: () => network.dispose() };
  };
  return { images, prepare };
}

/**
 * The first images of a data set, at most 32, classified, with initial weights. A step throws an
 * InputError when the recipe's network does not take the images.
 */
export function sampleOfEvaluation(recipe: Recipe, dataset: LabelledImages): SampleWork {
  const images = Math.min(MOST_IMAGES, dataset.images.count);
  const { channels = 1, height, width, pixels } = dataset.images;
  const first: LabelledImages = {
    images: {
      ...dataset.images,
      count: images,
      pixels: pixels.subarray(0, images * channels * height * width),
    },
    labels: dataset.labels.subarray(0, images),
  };
  const prepare = async (backend: Backend): Promise<Work> => {
    const network = recipeNetwork(recipe, backend);
    const step = async (): Promise<void> =>
      void (await evaluate({ network, dataset: first, backend, batchSize: images }));
    return { step, dispose: () => network.dispose() };
  };
  return { images, prepare };
}
