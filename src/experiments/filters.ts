/** What filters that people made find in pictures, and whether learned ones are like them. */
import type { Backend } from "../kernels/index.js";
import { notebookDescription, type Sequential } from "../network/index.js";
import { Random, type Tensor } from "../tensor/index.js";
import { adam } from "../training/index.js";
import { experiment, seedsUpTo, type Unit } from "./experiment.js";
import type { Laboratory, Scale } from "./laboratory.js";
import {
  AS_IT_IS,
  CHANCE,
  filterNames,
  findings,
  LEARNED,
  type Options,
  poolings,
  type Values,
  verdict,
} from "./findings/filters.js";
import { aFewImages } from "./parts/changed-images.js";
import { classicalFilters, cosineOf } from "./parts/classical-filters.js";
import {
  average,
  convolved,
  largest,
  meanStep,
  packed,
  photograph,
} from "./parts/filtered-pictures.js";
import { meanLikeness } from "./parts/likeness.js";
import { trainClassifier } from "./parts/train-classifier.js";

/** On the page pictures are smaller: a pixel is the mean of a square of this many by as many. */
const SHOWN_PHOTO = 4;
const SHOWN_MAP = 3;

interface Size extends Omit<Options, "what" | "filter"> {
  readonly seeds: number;
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: { seeds: 10, epochs: 3, images: 60_000, randomFilters: 16_000, digits: 200 },
  quick: { seeds: 2, epochs: 1, images: 20_000, randomFilters: 1600, digits: 50 },
  tiny: { seeds: 1, epochs: 1, images: 256, randomFilters: 160, digits: 5 },
};

const nothing: Values = {
  ...{ picture: null, roughness: null, cosines: [], before: [], learned: [], chance: [] },
};

export const filters = experiment<Options, Values>({
  name: "filters",
  question:
    "“Which filter it is, is learned from data”, where craftsmen tuned it by hand. What do the " +
    "craftsmen's filters find in a picture, and do the filters that the notes' network learns " +
    "look like them?",
  prediction:
    "Different filters do catch different features: the maps of Sobel's two filters and of the " +
    "box have |cosines| below 0.2 with each other, on digits and on a photograph. Sharpening " +
    "and the Laplacian are nearly the same filter, but for a sign (cosine −0.997). The learned " +
    "filters are only somewhat like the classical ones: the best |cosine| over filters, turns " +
    "and flips is 0.62 in the mean, against 0.55 before training and for random filters, in " +
    "nine dimensions with four different classical directions; the intervals do not meet. Most " +
    "are mixtures, and an edge in a slanting direction is as frequent as an upright one.",
  method:
    "Sobel x and y, box, sharpening, Laplacian (3×3), average and max pooling (8×8) on a digit " +
    "of MNIST (4×4 there) and on a photograph of 256 × 256 in colour, by the convolution and " +
    "pooling layers; for the photograph, the filter is applied to each colour channel and the " +
    "three results are averaged. Maps are compared on 200 drawn digits and on the photograph. " +
    "Then the 16 filters of the first layer of the notes' network, before training and after 3 " +
    "epochs of 60,000 images (Adam 1e-3, no decay, batches of 128), 10 seeds: for each the best " +
    "|cosine| with a classical filter in any of eight positions, averaged over the 16. Chance: " +
    "16,000 normal random filters in groups of 16. The difference to before is paired by seed, " +
    "with Student's interval at 95 %.",
  units(_done, scale) {
    const { seeds, ...size } = sizes[scale];
    const filtered = ["digit", "photo"].flatMap((what) =>
      [AS_IT_IS, ...filterNames, ...poolings].map(
        (filter): Unit<Options> => ({
          setting: `${what}, ${filter}`,
          seed: 0,
          options: { what, filter, ...size },
        }),
      ),
    );
    const chance = {
      ...{ setting: CHANCE, seed: 0 },
      options: { what: "chance", filter: null, ...size },
    };
    const learned = seedsUpTo(seeds).map((seed) => ({
      setting: LEARNED,
      seed,
      options: { what: "learned", filter: null, ...size },
    }));
    return [...filtered, chance, ...learned];
  },
  measure(unit, laboratory) {
    const { what } = unit.options;
    if (what === "chance") return chanceLevel(unit);
    return what === "learned" ? learnFilters(unit, laboratory) : filterPicture(unit, laboratory);
  },
  findings,
  verdict,
});

async function filterPicture(
  { options: { what, filter, digits } }: Unit<Options>,
  { backend, mnist }: Laboratory,
): Promise<Values> {
  const isPhoto = what === "photo";
  const few = aFewImages(mnist.test, digits);
  const indices = Array.from({ length: isPhoto ? 1 : digits }, (_, i) => i);
  const x = isPhoto ? await photograph() : few.batch(indices).x;
  const name = filter as keyof typeof classicalFilters;
  if (!filterNames.includes(name)) {
    const pooled = await pool(x, filter!, isPhoto, backend);
    return { ...nothing, picture: packed(pooled) };
  }
  const map = await applied(x, name, backend);
  const others = await Promise.all(filterNames.map((other) => applied(x, other, backend)));
  const shown = isPhoto ? await average(map, SHOWN_MAP, backend) : map;
  // the box of one pixel leaves the picture as it is, but for the margin and the mix of colours
  const same = await convolved(x, [0, 0, 0, 0, 1, 0, 0, 0, 0], backend);
  return {
    ...nothing,
    picture: packed(shown),
    roughness: meanStep(map) / meanStep(same),
    cosines: others.map((other) => cosineOf(map.data, other.data)),
  };
}

function pool(x: Tensor, name: string, isPhoto: boolean, backend: Backend): Promise<Tensor> {
  if (name === AS_IT_IS) return isPhoto ? average(x, SHOWN_PHOTO, backend) : Promise.resolve(x);
  const side = isPhoto ? 8 : 4;
  return name === "max pooling" ? largest(x, side, backend) : average(x, side, backend);
}

function applied(
  x: Tensor,
  name: keyof typeof classicalFilters,
  backend: Backend,
): Promise<Tensor> {
  return convolved(x, classicalFilters[name], backend);
}

/** Filters that a layer has. */
const GROUP = 16;

async function chanceLevel({ options: { randomFilters } }: Unit<Options>): Promise<Values> {
  const random = new Random("random filters");
  const chance = Array.from({ length: Math.floor(randomFilters / GROUP) }, () => {
    const group = Array.from({ length: GROUP }, () =>
      Array.from({ length: 9 }, () => random.nextNormal()),
    );
    return meanLikeness(group);
  });
  return { ...nothing, chance };
}

async function learnFilters(
  { seed, options: { epochs, images } }: Unit<Options>,
  laboratory: Laboratory,
): Promise<Values> {
  const { train, test } = laboratory.mnist;
  let before: number[][] = [];
  const { found: learned } = await trainClassifier(
    {
      network: notebookDescription,
      data: images < train.count ? aFewImages(train, images) : train,
      test: aFewImages(test, 1000),
      optimizer: adam({ learningRate: 1e-3 }),
      ...{ epochs, batchSize: 128 },
      onEpoch: (network, epoch) => {
        if (epoch < 0) before = firstFilters(network);
      },
    },
    seed,
    laboratory,
    firstFilters,
  );
  return { ...nothing, before, learned };
}

function firstFilters(network: Sequential): number[][] {
  const { parameter } = network.parameters.find(({ name }) => name === "conv1.weight")!;
  const entries = Array.from(parameter.value.data);
  return Array.from({ length: entries.length / 9 }, (_, k) => entries.slice(9 * k, 9 * k + 9));
}
