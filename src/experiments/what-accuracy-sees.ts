/** How often the accuracy alone tells a learner that something is wrong. */
import {
  type Mistake,
  mistakes,
  type Seen,
  type SetupName,
  setups,
  trainWithMistake,
} from "../checks/index.js";
import { experiment, seedsUpTo, type Unit } from "./experiment.js";
import type { Scale } from "./laboratory.js";
import { findings, type Options, type Values, verdict } from "./findings/what-accuracy-sees.js";

interface Size {
  readonly rightSeeds: number;
  readonly wrongSeeds: number;
  readonly images: number;
  readonly testImages: number | null;
  readonly mistakes: readonly Mistake[];
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: { rightSeeds: 12, wrongSeeds: 3, images: 6_000, testImages: null, mistakes },
  quick: {
    ...{ rightSeeds: 4, wrongSeeds: 1, images: 1_500, testImages: 2_000 },
    mistakes: mistakes.filter(({ theme }) => theme === "convolution"),
  },
  tiny: {
    ...{ rightSeeds: 2, wrongSeeds: 1, images: 64, testImages: 64 },
    mistakes: mistakes.filter(({ name }) => name === "bias-never-updated"),
  },
};

export const whatAccuracySees = experiment<Options, Values>({
  name: "what-accuracy-sees",
  question:
    "If you made one of the mistakes in the catalog and looked at nothing but the accuracy, how " +
    "often would you notice?",
  prediction:
    "In about half of the cases. After an epoch of 6,000 images the right engine has 90 to 91 " +
    "%, with a standard deviation of about half a point, so a mistake must cost more than a " +
    "point to be seen. Of the catalog's mistakes a third destroy learning or nearly so, and are " +
    "noticed with every seed; a fifth are noticed with some seeds and not with others; the " +
    "others never. One or two make it better, and nobody goes looking for those. In convolution " +
    "and pooling, where most of the work of writing a backward pass lies, the share is below " +
    "that of losses and data.",
  method:
    "Each of the catalog's mistakes is planted in the shipped engine, in a process of its own, " +
    "and what shows it is trained for one epoch: the notes' network by the recipe `default`, or " +
    "the relative of it that has such a layer; 6,000 images drawn by the seed, batches of 32, " +
    "all test images. 3 seeds with each mistake, 12 without, for each network. A run is noticed " +
    "when it stops with an error, or its accuracy lies outside the 95 % interval in which the " +
    "right engine's next run is expected: mean ± t · deviation · √(1 + 1/12), with Student's t. " +
    "The learner is taken to know that interval, which most do not. Mistakes that no network " +
    "shows are not counted.",
  units(_done, scale) {
    const { rightSeeds, wrongSeeds, images, testImages, ...size } = sizes[scale];
    const common = { images, testImages };
    const names = Object.keys(setups) as SetupName[];
    const shown = names.filter((name) => size.mistakes.some((one) => one.setups.includes(name)));
    const right = shown.map((setup): Unit<Options> => {
      const options = { mistake: null, setup, ...common, seeds: seedsUpTo(rightSeeds) };
      return { setting: `no mistake, ${setup}`, seed: 0, options };
    });
    const wrong = size.mistakes.flatMap(({ name: mistake, setups: own }) =>
      own.map((setup): Unit<Options> => {
        const options = { mistake, setup, ...common, seeds: seedsUpTo(wrongSeeds) };
        return { setting: `${mistake}, ${setup}`, seed: 0, options };
      }),
    );
    return [...right, ...wrong];
  },
  async measure({ options: { mistake: name, ...task } }, { data = null, progress, stop }) {
    const mistake = mistakes.find((one) => one.name === name) ?? null;
    const seen = await trainWithMistake(mistake, { ...task, data }, progress, stop);
    return {
      accuracies: seen.map(({ accuracy }) => accuracy),
      stopped: seen.map(({ stopped }: Seen) => stopped),
    };
  },
  findings,
  verdict,
});
