/** A training run that Node and a browser do alike. */
import { type AugmentationDescription, drawSubset, type Mnist } from "leibniz/data";
import { openBackend } from "leibniz/kernels";
import { initialise, weightsSha256 } from "leibniz/network";
import { Random } from "leibniz/tensor";
import { findRecipe, recipeNetwork, train } from "leibniz/training";
import { someImages } from "../helpers/mnist.js";

export interface Training {
  readonly threads: number;
  readonly seed: number;
  readonly epochs: number;
  /** How many training images are drawn; all of them if left out. */
  readonly images?: number;
  /** How many test images are looked at after each epoch. */
  readonly testImages: number;
  readonly augment?: readonly AugmentationDescription[];
}

export interface Trained {
  readonly sha256: string;
  /** How many there really were. */
  readonly threads: number;
  readonly testAccuracy: number;
}

/**
 * Trains by the recipe `default` on the wasm backend, as
 * `leibniz train --seed --epochs --subset --threads` does.
 */
export async function trainedWeights(
  data: Mnist,
  { threads, seed, epochs, images, testImages, augment = [] }: Training,
): Promise<Trained> {
  const recipe = { ...findRecipe("default"), augment };
  const random = new Random(seed);
  const backend = await openBackend({ name: "wasm", threads });
  try {
    const network = recipeNetwork(recipe, backend);
    initialise(network, random.split("initial weights"));
    const subset =
      images === undefined
        ? {}
        : { subset: drawSubset(data.train.images.count, images, random.split("subset")) };
    let testAccuracy = NaN;
    for await (const event of train({
      recipe,
      network,
      train: data.train,
      test: someImages(data.test, testImages),
      backend,
      random,
      epochs,
      ...subset,
    })) {
      if (event.type === "epoch") ({ testAccuracy } = event.result);
    }
    return { sha256: await weightsSha256(network), threads: backend.threads, testAccuracy };
  } finally {
    await backend.dispose();
  }
}
