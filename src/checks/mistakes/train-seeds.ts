/** The same epoch with several seeds, in a process whose engine has a mistake in it, or none. */
import { type LabelledImages, loadMnist, makeDataset } from "../../data/index.js";
import { type Seen, trainOnce, type TrainOnceOptions } from "./train-once.js";

/** What is trained once for each seed. */
export interface SeedsTask extends Pick<TrainOnceOptions, "setup" | "primitives" | "images"> {
  /** The seeds, each for one epoch. */
  readonly seeds: readonly number[];
  /** The first of the test images; null for all. */
  readonly testImages: number | null;
  /** Where MNIST's files are; null for those of the package. */
  readonly data: string | null;
}

export default async function trainSeeds(
  input: unknown,
  report: (share: number) => void,
): Promise<Seen[]> {
  const { seeds, testImages, data: folder, ...task } = input as SeedsTask;
  const { train, test } = await loadMnist(folder ?? undefined);
  const data = { train, test: testImages === null ? test : firstImages(test, testImages) };
  const seen: Seen[] = [];
  for (const seed of seeds) {
    const onProgress = (share: number): void => report((seen.length + share) / seeds.length);
    seen.push(await trainOnce({ ...task, data, seed, onProgress }));
  }
  return seen;
}

function firstImages({ images, labels }: LabelledImages, most: number) {
  const count = Math.min(most, images.count);
  const size = images.pixels.length / images.count;
  const pixels = images.pixels.subarray(0, count * size);
  return makeDataset({ ...images, count, pixels }, labels.slice(0, count), "test images");
}
