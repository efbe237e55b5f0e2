import { type LabelledImages, makeBatch } from "../data/index.js";
import { type Backend, reference } from "../kernels/index.js";
import type { Sequential } from "../network/index.js";
import { Random, reject, type Tensor } from "../tensor/index.js";
import { evaluate } from "../training/index.js";
import { findRecipe, type Recipe, recipeNetwork } from "../training/index.js";
import { train } from "../training/index.js";
import { BENCH_BATCH, checkEqual } from "./ladder.js";
import { type Effort, median } from "./stopwatch.js";

/** The first steps, while engines compile and memories grow, are not counted. */
const WARM_UP_STEPS = 2;
/** After so many steps the loss is compared; a wrong gradient has shown itself by then. */
const COMPARED_STEP = 3;

const notebook = findRecipe("notebook");

/**
 * Speed of the notes' network on one backend, measured in the very loops that `train` and
 * `evaluate` run.
 */
export class NetworkBench {
  /** Images in a batch. */
  readonly batch: number;
  readonly #recipe: Recipe;
  readonly #train: LabelledImages;
  readonly #test: LabelledImages;
  #expectedLoss: number | null = null;
  #expectedLogits: Tensor | null = null;

  /**
   * Takes the first images; those that do not fill a batch of the test are left out.
   *
   * @param batch images in a batch; {@link BENCH_BATCH} if left out
   * @throws InputError when there are not enough images
   */
  constructor(trainImages: LabelledImages, testImages: LabelledImages, batch = BENCH_BATCH) {
    this.batch = batch;
    this.#recipe = { ...notebook, batchSize: batch, epochs: 1 };
    const least = COMPARED_STEP * batch;
    if (trainImages.images.count < least)
      reject("bench", `at least ${least} training images`, String(trainImages.images.count));
    this.#train = trainImages;
    this.#test = wholeBatches(testImages, batch);
  }

  /**
   * Images a second of training: batch, forward, backward and optimizer.
   *
   * @throws Error when the loss is not the reference's
   */
  async training(backend: Backend, effort: Effort): Promise<number> {
    this.#expectedLoss ??= (
      await this.#steps(reference, { seconds: 0, leastRounds: 1 }, COMPARED_STEP)
    ).loss;
    const { loss, times } = await this.#steps(backend, effort, COMPARED_STEP);
    if (!(Math.abs(loss - this.#expectedLoss) <= 1e-3)) {
      throw new Error(
        `bench: expected a loss of ${this.#expectedLoss} in step ${COMPARED_STEP}, got ${loss} ` +
          `on ${backend.name}; training that is fast and wrong is worth nothing`,
      );
    }
    return this.batch / median(times);
  }

  /**
   * Images a second of evaluation: batch, forward, loss and counting.
   *
   * @throws Error when the logits are not the reference's
   */
  async evaluation(backend: Backend, effort: Effort): Promise<number> {
    this.#expectedLogits ??= await this.#logits(reference);
    checkEqual(
      `evaluation on ${backend.name}`,
      await this.#logits(backend),
      this.#expectedLogits,
      10,
    );
    const network = builtFor(backend);
    const times: number[] = [];
    const enough = new Error("enough");
    const started = performance.now();
    let last = started;
    try {
      for (let batch = 0; ; last = performance.now()) {
        const onBatch = (): void => {
          const now = performance.now();
          if (++batch > WARM_UP_STEPS) times.push((now - last) / 1000);
          last = now;
          if (times.length >= effort.leastRounds && now - started > 1000 * effort.seconds)
            throw enough;
        };
        await evaluate({ network, dataset: this.#test, backend, batchSize: this.batch, onBatch });
      }
    } catch (error) {
      if (error !== enough) throw error;
    }
    return this.batch / median(times);
  }

  /**
   * Trains from the same start every time, at least up to the step whose loss is compared. Times
   * are seconds of a step.
   */
  async #steps(
    backend: Backend,
    { seconds, leastRounds }: Effort,
    leastSteps: number,
  ): Promise<{ loss: number; times: number[] }> {
    const network = builtFor(backend);
    const times: number[] = [];
    let loss = NaN;
    let last = 0;
    const started = performance.now();
    for await (const event of train({
      recipe: this.#recipe,
      network,
      train: this.#train,
      test: this.#test,
      backend,
      random: new Random(0),
      epochs: 1,
    })) {
      if (event.type !== "step") break;
      const now = event.images / event.imagesPerSecond;
      if (event.step > WARM_UP_STEPS) times.push(now - last);
      last = now;
      if (event.step === COMPARED_STEP) loss = event.loss;
      if (
        event.step >= leastSteps &&
        times.length >= leastRounds &&
        performance.now() - started > 1000 * seconds
      )
        break;
    }
    return { loss, times };
  }

  async #logits(backend: Backend): Promise<Tensor> {
    const network = builtFor(backend);
    return backend.step(async () => {
      const { x } = makeBatch(this.#test, firstImages(this.batch), backend.allocator);
      return (await network.forward(x, { backend, mode: "evaluate", record: false })).out;
    });
  }
}

/** The notes' network with the same initial weights for every backend. */
export function builtFor(backend: Backend): Sequential {
  return recipeNetwork(notebook, backend);
}

export function firstImages(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, n) => n);
}

/** A data set without the images that do not fill a batch. */
function wholeBatches({ images, labels }: LabelledImages, batch: number): LabelledImages {
  const count = images.count - (images.count % batch);
  if (count === 0) reject("bench", `at least ${batch} test images`, String(images.count));
  return {
    images: {
      ...images,
      count,
      pixels: images.pixels.subarray(0, count * images.height * images.width),
    },
    labels: labels.subarray(0, count),
  };
}
