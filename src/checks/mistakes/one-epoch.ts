/** One epoch of training by the shipped engine, as whoever has made a mistake would see it. */
import type { LabelledImages } from "../../data/index.js";
import type { Columns } from "../../im2col/index.js";
import { type Backend, openBackend, referenceBackend } from "../../kernels/index.js";
import { initialise } from "../../network/index.js";
import { Random, Tensor } from "../../tensor/index.js";
import { train } from "../../training/index.js";
import type { Primitive } from "./mistake.js";
import type { Setup } from "./setups.js";

/**
 * The fast backend on one thread, but for the primitives in which a mistake was made: those are the
 * readable ones, where it is. Nothing is fused, since a fused layer would go around a mistake in
 * the file of one of its parts. Call its `dispose` when you are done.
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

/** What an epoch is trained with. */
export interface EpochOptions {
  /** The network and how it is trained. */
  readonly setup: Setup;
  /** Runs every pass; {@link openMixedBackend} opens one for a mistake. */
  readonly backend: Backend;
  /** Images and their labels. */
  readonly data: {
    /** What is trained on. */
    readonly train: LabelledImages;
    /** What the accuracy at the end is of. */
    readonly test: LabelledImages;
  };
  /** Of the initial weights, the order of the images and dropout. */
  readonly seed: number;
  /** Indices into the training set; all if left out. */
  readonly subset?: Uint32Array;
  /**
   * Is called after every step with its loss and the share of the epoch that is done; `stop` ends
   * the training there.
   */
  readonly onStep?: (loss: number, share: number) => Promise<void | "stop">;
}

/** What is seen at the end of an epoch. */
export interface EpochOutcome {
  /** Share of the test images, as the engine reports it; NaN if the training was stopped. */
  readonly testAccuracy: number;
}

/**
 * Trains a setup's network for one epoch, from initial weights of its own.
 *
 * @throws InputError as {@link train} does, when the loss is no longer finite
 */
export async function runEpoch(options: EpochOptions): Promise<EpochOutcome> {
  const { setup, backend, data, seed, subset, onStep } = options;
  const random = new Random(seed);
  const network = setup.network(backend);
  initialise(network, random.split("initial weights"));
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
