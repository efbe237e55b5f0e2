/** One epoch of training by the shipped engine, as whoever has made a mistake would see it. */
import {
  type Backward,
  meanSquaredErrorBackward,
  meanSquaredErrorForward,
} from "../../backprop/index.js";
import { batches, type LabelledImages, makeBatch, shuffledOrder } from "../../data/index.js";
import type { Columns } from "../../im2col/index.js";
import { type Backend, openBackend, referenceBackend } from "../../kernels/index.js";
import { initialise, type Sequential } from "../../network/index.js";
import { Random, Tensor } from "../../tensor/index.js";
import { evaluate, train } from "../../training/index.js";
import type { Primitive } from "./mistake.js";
import type { Setup } from "./setups.js";

/**
 * The fast backend on one thread, but for the primitives in which a mistake was made: those are the
 * readable ones, where it is. Nothing is fused, since a fused layer would go around a mistake in
 * the file of one of its parts.
 */
export async function openMixedBackend(primitives: readonly Primitive[]): Promise<Backend> {
  const wasm = await openBackend({ name: "wasm", threads: 1 });
  const readable = referenceBackend(wasm.allocator);
  const mixed: Backend = {
    ...wasm,
    fuses: false,
    ...Object.fromEntries(primitives.map((primitive) => [primitive, readable[primitive]])),
  };
  if (!primitives.includes("im2col")) return mixed;
  // The fast products would read the windows of the images again, in their own way.
  return {
    ...mixed,
    matmul: (a, b, options) => mixed.matmul(a, laidOut(b), options),
    matmulSum: (a, b, options) => mixed.matmulSum(a, laidOut(b), options),
  };
}

function laidOut(operand: Tensor | Columns): Tensor {
  return operand instanceof Tensor ? operand : operand.layOut();
}

export interface EpochOptions {
  readonly setup: Setup;
  readonly backend: Backend;
  readonly data: { readonly train: LabelledImages; readonly test: LabelledImages };
  readonly seed: number;
  /** Indices into the training set; all if left out. */
  readonly subset?: Uint32Array;
  /**
   * Is called after every step with its loss and the share of the epoch that is done; `stop` ends
   * the training there.
   */
  readonly onStep?: (loss: number, share: number) => Promise<void | "stop">;
}

export interface EpochOutcome {
  /** Share of the test images, as the engine reports it; NaN if the training was stopped. */
  readonly testAccuracy: number;
}

/** @throws InputError as {@link train} does, when the loss is no longer finite */
export async function runEpoch(options: EpochOptions): Promise<EpochOutcome> {
  const { setup, backend, data, seed, subset, onStep } = options;
  const random = new Random(seed);
  const network = setup.recipe.network(backend);
  initialise(network, random.split("initial weights"));
  if (setup.loss === "squared error") return regress(options, network, random);
  let testAccuracy = NaN;
  const run = train({
    recipe: setup.recipe,
    network,
    train: data.train,
    test: data.test,
    backend,
    random,
    epochs: 1,
    ...(subset === undefined ? {} : { subset }),
  });
  for await (const event of run) {
    if (event.type === "step" && (await onStep?.(event.loss, event.step / event.steps)) === "stop")
      break;
    if (event.type === "epoch") ({ testAccuracy } = event.result);
  }
  return { testAccuracy };
}

/** The classes as a regression: the outputs are to be 1 at the class and 0 elsewhere. */
async function regress(
  { setup: { recipe }, backend, data, subset, onStep }: EpochOptions,
  network: Sequential,
  random: Random,
): Promise<EpochOutcome> {
  const optimizer = recipe.optimizer(network);
  const images = subset ?? Uint32Array.from({ length: data.train.images.count }, (_, i) => i);
  const order = recipe.shuffle ? shuffledOrder(images, random.split("order of epoch 0")) : images;
  const steps = Math.ceil(images.length / recipe.batchSize);
  let step = 0;
  for (const indices of batches(order, recipe.batchSize)) {
    const loss = await backend.step(async () => {
      const { prediction, target, backward } = await predict(network, data.train, indices, backend);
      const { out, cache } = await meanSquaredErrorForward(prediction, target);
      const { dPrediction } = await meanSquaredErrorBackward(Tensor.full([], 1), cache);
      network.zeroGrad();
      await backward(dPrediction);
      await optimizer.step(backend);
      return out.item();
    });
    step++;
    if ((await onStep?.(loss, step / steps)) === "stop") break;
  }
  const { accuracy } = await evaluate({ network, dataset: data.test, backend, batchSize: 256 });
  return { testAccuracy: accuracy };
}

async function predict(
  network: Sequential,
  dataset: LabelledImages,
  indices: Uint32Array,
  backend: Backend,
): Promise<{ prediction: Tensor; target: Tensor; backward: Backward }> {
  const { x, labels } = makeBatch(dataset, indices, backend.allocator);
  const { out: prediction, backward } = await network.forward(x, { backend, mode: "train" });
  const target = Tensor.zeros(prediction.shape);
  labels.forEach((label, n) => target.set([n, label], 1));
  return { prediction, target, backward };
}
