/** What filters that people made find in pictures, and whether learned ones are like them. */
import { formatNumber, intervalChart, type Picture, pictures } from "../figures/index.js";
import type { Backend } from "../kernels/index.js";
import { notebookDescription, type Sequential } from "../network/index.js";
import { meanOf, pairedInterval } from "../statistics/index.js";
import { Random, sizeOf, type Tensor } from "../tensor/index.js";
import { adam } from "../training/index.js";
import { aFewImages } from "./parts/changed-images.js";
import { classicalFilters, cosineOf, mostAlike } from "./parts/classical-filters.js";
import {
  CHART_WIDTH,
  experiment,
  type Figure,
  type Findings,
  type Measurement,
  ofSetting,
  seedsUpTo,
  type Table,
  type Unit,
  type Verdict,
} from "./experiment.js";
import {
  average,
  convolved,
  largest,
  meanStep,
  packed,
  photograph,
} from "./parts/filtered-pictures.js";
import type { Laboratory, Scale } from "./laboratory.js";
import { type EdgeCounts, meanLikeness, nearestShare, slantingEdges } from "./parts/likeness.js";
import { type PackedPicture, unpackPicture } from "./parts/packed-picture.js";
import { rowOfRuns } from "./parts/many-runs.js";
import { type Summary, summaryOf } from "./parts/summary.js";
import { trainClassifier } from "./parts/train-classifier.js";
import { expectedOrNot } from "./parts/expected.js";
import { percent } from "./parts/words.js";

/** On the page pictures are smaller: a pixel is the mean of a square of this many by as many. */
const SHOWN_PHOTO = 4;
const SHOWN_MAP = 3;

const filterNames = Object.keys(classicalFilters) as (keyof typeof classicalFilters)[];
const poolings = ["average pooling", "max pooling"];
const AS_IT_IS = "as it is";
const [CHANCE, LEARNED] = ["random filters", "learned filters"] as const;

interface Size {
  readonly seeds: number;
  readonly epochs: number;
  readonly images: number;
  /** Random filters that tell what chance does, in groups of as many as the network has. */
  readonly randomFilters: number;
  /** Digits over which maps are compared. */
  readonly digits: number;
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: { seeds: 10, epochs: 3, images: 60_000, randomFilters: 16_000, digits: 200 },
  quick: { seeds: 2, epochs: 1, images: 20_000, randomFilters: 1600, digits: 50 },
  tiny: { seeds: 1, epochs: 1, images: 256, randomFilters: 160, digits: 5 },
};

interface Options extends Omit<Size, "seeds"> {
  /** "digit" or "photo", which are filtered; "chance" or "learned". */
  readonly what: string;
  /** A filter's or a pooling's name, or {@link AS_IT_IS}; null for the latter two. */
  readonly filter: string | null;
}

interface Values {
  /** What comes out, small enough for a page. */
  readonly picture: PackedPicture | null;
  /** Mean |difference| of neighbours, over that of the picture as it is. */
  readonly roughness: number | null;
  /** Cosines with what the other filters make of the same pictures, in the filters' order. */
  readonly cosines: readonly number[];
  /** Filters of 9 entries each, before and after training; of chance none. */
  readonly before: readonly (readonly number[])[];
  readonly learned: readonly (readonly number[])[];
  /** Mean best |cosine| with a classical filter: of the random filters, by groups of 16. */
  readonly chance: readonly number[];
}

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

type Done = Measurement<Options, Values>;

function findings(measured: readonly Done[]): Findings {
  return {
    tables: [mapTable(measured), likenessTable(measured)],
    figures: [
      filteredPictures(measured, "signed", ["Sobel x", "Sobel y", "Laplacian"], "edges.svg"),
      filteredPictures(measured, "light", [AS_IT_IS, "box", "sharpen", ...poolings], "smooth.svg"),
      likenessChart(measured),
      learnedPictures(measured),
    ],
  };
}

const SUBJECTS = ["digit", "photo"] as const;

function filteredPictures(
  measured: readonly Done[],
  kind: "light" | "signed",
  shown: readonly string[],
  file: string,
): Figure {
  const drawn = SUBJECTS.flatMap((what) =>
    shown.flatMap((filter): Picture[] =>
      ofSetting(measured, `${what}, ${filter}`).map(({ values }) => ({
        caption: `${what}, ${filter}`,
        shape: values.picture!.shape,
        values: unpackPicture(values.picture!),
      })),
    ),
  );
  const names = shown.join(", ");
  return {
    file,
    alt: `A digit and a photograph of a cup of coffee: ${names}.`,
    svg: rowsOfPictures(`Filtered: ${names}`, drawn, kind, shown.length),
  };
}

/** Pictures of different sizes, all drawn in the same one, in rows. */
function rowsOfPictures(
  title: string,
  drawn: readonly Picture[],
  kind: "light" | "signed",
  perRow: number,
): string {
  const size = 112;
  const longest = Math.max(...drawn.map(({ shape }) => Math.max(...shape.slice(-2))));
  const enlarged = drawn.map((picture) => enlarge(picture, longest));
  return pictures({
    ...{ title, kind, size, pictures: enlarged, width: perRow * (size + 10) + 8 },
    description: "Each picture in the same size, with its filter below it.",
  });
}

/** A square picture with as many rows as the largest: a drawing has one size of pixel for all. */
function enlarge({ caption, shape, values }: Picture, side: number): Picture {
  const own = shape.at(-1)!;
  const channels = shape.slice(0, -2);
  const pixels = Float64Array.from({ length: sizeOf(channels) * side * side }, (_, at) => {
    const [c, p, q] = [Math.floor(at / (side * side)), Math.floor(at / side) % side, at % side];
    const [h, w] = [p, q].map((place) => Math.floor((place * own) / side));
    return values[(c * own + h!) * own + w!]!;
  });
  return { caption, shape: [...channels, side, side], values: pixels };
}

function mapTable(measured: readonly Done[]): Table {
  return {
    caption:
      "How much rougher a map is than the picture (mean difference of neighbours, over that of " +
      "the picture), and cosines between maps of the same pictures: digits / photograph.",
    head: ["filter", "roughness", ...filterNames],
    rows: filterNames.map((filter) => {
      const both = SUBJECTS.map((what) => ofSetting(measured, `${what}, ${filter}`)[0]!.values);
      return [
        filter,
        both.map(({ roughness }) => formatNumber(roughness!, 2)).join(" / "),
        ...filterNames.map((_, i) =>
          both.map(({ cosines }) => cosines[i]!.toFixed(2).replace("-", "−")).join(" / "),
        ),
      ];
    }),
  };
}

/** Mean best |cosine| of each network's filters, before training and after it. */
function likenesses(measured: readonly Done[], when: "before" | "learned"): number[] {
  return ofSetting(measured, LEARNED).map(({ values }) => meanLikeness(values[when]));
}

/** Of groups of random filters: their mean, and what 95 % of the groups lie between. */
function chanceOf(measured: readonly Done[]): Summary {
  const groups = [...ofSetting(measured, CHANCE)[0]!.values.chance].sort((a, b) => a - b);
  const cut = Math.floor(0.025 * groups.length);
  return { mean: meanOf(groups), low: groups[cut]!, high: groups[groups.length - 1 - cut]! };
}

const range = ({ mean, low, high }: Summary): string =>
  `${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`.replaceAll("-", "−");

function likenessChart(measured: readonly Done[]): Figure {
  const [before, learned] = (["before", "learned"] as const).map((when) =>
    likenesses(measured, when),
  );
  const chance = chanceOf(measured);
  return {
    file: "alike.svg",
    alt: "How much filters are like classical ones: random, before training, and learned.",
    svg: intervalChart({
      title: "How much first filters are like classical ones",
      description: "A dot for each network; for random filters what 95 % of groups lie between.",
      width: CHART_WIDTH,
      x: { label: "best |cosine| with a classical filter, mean of 16 filters" },
      rows: [
        {
          ...{ name: CHANCE, mean: chance.mean, text: range(chance) },
          interval: [chance.low, chance.high],
        },
        { ...rowOfRuns("before training", before!), text: range(summaryOf(before!)) },
        { ...rowOfRuns(LEARNED, learned!), text: range(summaryOf(learned!)) },
      ],
    }),
  };
}

/** The filters of all networks, by the classical one that each is most like. */
function likenessTable(measured: readonly Done[]): Table {
  const runs = ofSetting(measured, LEARNED);
  const alike = (["before", "learned"] as const).map((when) =>
    runs.flatMap(({ values }) => values[when].map(mostAlike)),
  );
  // Sobel's two filters are turns of each other
  const names = filterNames.filter((name) => name !== "Sobel y");
  return {
    caption:
      `Which classical filter is the nearest, of ${runs.length} networks with 16 filters each, ` +
      `and how many of them have a |cosine| above ${STRONG} with it.`,
    head: ["nearest", "before", "learned", `before: above ${STRONG}`, `learned: above ${STRONG}`],
    rows: names.map((name) => [
      nameOf(name),
      ...alike.map((all) => percent(all.filter((one) => one.name === name).length / all.length, 0)),
      ...alike.map(
        (all) => `${all.filter((one) => one.name === name && one.cosine > STRONG).length}`,
      ),
    ]),
  };
}

/** Sobel's two filters are one, turned. */
const nameOf = (name: string): string => name.replace(" x", "");

/** A |cosine| by which one would say that a filter is another one. */
const STRONG = 0.9;

/** The largest |cosine| between maps of different filters among these, of digits or the photo. */
function largestCosine(measured: readonly Done[], names: readonly string[]): number {
  const found = SUBJECTS.flatMap((what) =>
    names.flatMap((filter) => {
      const { cosines } = ofSetting(measured, `${what}, ${filter}`)[0]!.values;
      return filterNames.flatMap((other, i) =>
        other !== filter && names.includes(other) ? [Math.abs(cosines[i]!)] : [],
      );
    }),
  );
  return Math.max(...found);
}

/** By the same count, filters that nothing was learned by are what "half" should have been. */
function slanting(
  drawn: readonly (readonly number[])[],
  all: readonly (readonly number[])[],
): string {
  const [before, after] = [drawn, all].map(slantingEdges);
  const shareOf = ({ slanting, edges }: EdgeCounts): number => (edges === 0 ? 0 : slanting / edges);
  const share = (counts: EdgeCounts): string =>
    `${percent(shareOf(counts), 0)} (${counts.slanting} of ${counts.edges})`;
  const isFair = Math.abs(shareOf(before!) - 0.5) < 0.05;
  return (
    `Of those that are nearest to Sobel's edges, ${share(after!)} are nearer still to a slanting ` +
    `edge (expected: half); by this count untrained filters have ${share(before!)}` +
    `${isFair ? "" : ", so half was not the right measure"}.`
  );
}

function verdict(measured: readonly Done[]): Verdict {
  const [before, learned] = (["before", "learned"] as const).map((when) =>
    likenesses(measured, when),
  );
  const [drawn, all] = (["before", "learned"] as const).map((when) =>
    ofSetting(measured, LEARNED).flatMap(({ values }) => values[when]),
  );
  const chance = chanceOf(measured);
  const between = largestCosine(measured, ["Sobel x", "Sobel y", "box"]);
  const opposite = cosineOf(classicalFilters.sharpen, classicalFilters.Laplacian);
  const strong = all!.filter((one) => mostAlike(one).cosine > STRONG).length;
  const gain = learned!.length > 1 ? pairedInterval(learned!, before!) : null;
  const isMore = gain !== null && gain.low > 0;
  const [untrained, trained] = [summaryOf(before!), summaryOf(learned!)];
  const isApart = trained.low > untrained.high || trained.high < untrained.low;
  const change =
    gain === null
      ? ""
      : `, which is ${range(gain)} more than the ${range(untrained)} before training ` +
        `(more than 0: ${expectedOrNot(isMore)}); the intervals ` +
        `${isApart ? "do not meet" : "meet"}, ${expectedOrNot(isApart)}`;
  const nearest = (names: readonly string[]): string =>
    [drawn!, all!].map((filters) => percent(nearestShare(filters, names), 0)).join(" to ");
  return {
    shows:
      "The maps of Sobel's two filters and of the box have |cosines| of at most " +
      `${between.toFixed(3)} (below 0.2: ${expectedOrNot(between < 0.2)}): different filters do ` +
      "catch different features. The largest is that of the two Sobel filters on digits, whose " +
      "strokes lean to the right. Sharpening and the Laplacian are one direction but for the " +
      `sign, ${opposite.toFixed(3).replace("-", "−")}, though their maps differ, since what they ` +
      "differ in is the brightness. Of filters drawn at random, the best |cosine| with a " +
      `classical one is ${chance.mean.toFixed(3)} (expected: 0.55); of the learned ones, ` +
      `${range(trained)} (expected: 0.62)${change}. In training, the share whose ` +
      `nearest is the box goes from ${nearest(["box"])}, that of sharpening or the Laplacian ` +
      `from ${nearest(["sharpen", "Laplacian"])}: what neighbouring weights have in common ` +
      `grows. ${strong} of ${all!.length} filters come as near as ${STRONG} to a classical one. ` +
      slanting(drawn!, all!),
    doesNotShow:
      "That the network has found what a craftsman would have chosen: a |cosine| of 0.6 in nine " +
      "dimensions is no likeness that one sees, and a filter need not look like a known one to " +
      "be of use. With larger filters, on photographs, networks are known to learn clear edges " +
      "and blobs; that is not tried here. Nor is it seen what the filters would become in more " +
      "than 3 epochs, or with the notes' decay.",
  };
}

/** Of the first seed. */
function learnedPictures(measured: readonly Done[]): Figure {
  const { learned } = ofSetting(measured, LEARNED)[0]!.values;
  return {
    file: "learned.svg",
    alt: "The 16 filters that the notes' network has learned, each with the classical one nearest.",
    svg: pictures({
      title: "Learned filters of one network",
      description: "Sixteen filters of 3×3 weights, and the classical filter each is most like.",
      ...{ width: 680, size: 72, kind: "signed" },
      pictures: learned.map((values) => {
        const { name, cosine } = mostAlike(values);
        return { caption: `${nameOf(name)} ${cosine.toFixed(2)}`, shape: [3, 3], values };
      }),
    }),
  };
}

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
