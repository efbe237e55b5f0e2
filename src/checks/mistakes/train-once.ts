/** One epoch of MNIST in one setup, and what one sees of it at its end. */
import { drawSubset, type Mnist } from "../../data/index.js";
import { Random } from "../../tensor/index.js";
import type { Primitive } from "./mistake.js";
import { openMixedBackend, runEpoch } from "./one-epoch.js";
import { type SetupName, setups } from "./setups.js";

/** What one epoch is trained with. */
export interface TrainOnceOptions {
  /** The name of a network and how it is trained. */
  readonly setup: SetupName;
  /** That training takes from the reference backend, where the mistake is. */
  readonly primitives: readonly Primitive[];
  readonly data: Mnist;
  /** How many training images are drawn. */
  readonly images: number;
  readonly seed: number;
  /** Is told the share of the epoch that is done, now and then. */
  readonly onProgress: (share: number) => void;
}

/** What one sees of a training: an accuracy, or why it stopped. One of the two is null. */
export interface Seen {
  /** On the test images, as the engine reports it, from 0 to 1. */
  readonly accuracy: number | null;
  /** The message, in one line. */
  readonly stopped: string | null;
}

export async function trainOnce(options: TrainOnceOptions): Promise<Seen> {
  const { setup, primitives, data, images, seed, onProgress } = options;
  const total = data.train.images.count;
  const subset =
    images >= total ? {} : { subset: drawSubset(total, images, new Random(seed).split("subset")) };
  const backend = await openMixedBackend(primitives);
  let next = 0;
  const onStep = async (_loss: number, share: number): Promise<void> => {
    if (share < next) return;
    next = share + 0.02;
    onProgress(share);
    await new Promise((resolve) => setTimeout(resolve)); // lets a report go out
  };
  try {
    const given = { setup: setups[setup], backend, data, seed, ...subset, onStep };
    const { testAccuracy } = await runEpoch(given);
    return { accuracy: testAccuracy, stopped: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { accuracy: null, stopped: message.replaceAll("\n", " ") };
  } finally {
    await backend.dispose();
  }
}
