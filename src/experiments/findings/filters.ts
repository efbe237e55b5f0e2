/** What came of filters: filtered pictures, and what the learned filters are like. */
import { formatNumber, intervalChart, type Picture, pictures } from "../../figures/index.js";
import { meanOf, pairedInterval } from "../../statistics/index.js";
import { sizeOf } from "../../tensor/index.js";
import {
  CHART_WIDTH,
  type Figure,
  type Findings,
  type Measurement,
  ofSetting,
  type Table,
  type Verdict,
} from "../experiment.js";
import { classicalFilters, cosineOf, mostAlike } from "../parts/classical-filters.js";
import { expectedOrNot } from "../parts/expected.js";
import { type EdgeCounts, meanLikeness, nearestShare, slantingEdges } from "../parts/likeness.js";
import { rowOfRuns } from "../parts/many-runs.js";
import { type PackedPicture, unpackPicture } from "../parts/packed-picture.js";
import { type Summary, summaryOf } from "../parts/summary.js";
import { percent } from "../parts/words.js";

export const filterNames = Object.keys(classicalFilters) as (keyof typeof classicalFilters)[];
export const poolings = ["average pooling", "max pooling"];
export const AS_IT_IS = "as it is";
export const [CHANCE, LEARNED] = ["random filters", "learned filters"] as const;

export interface Options {
  /** "digit" or "photo", which are filtered; "chance" or "learned". */
  readonly what: string;
  /** A filter's or a pooling's name, or {@link AS_IT_IS}; null for the latter two. */
  readonly filter: string | null;
  readonly epochs: number;
  readonly images: number;
  /** Random filters that tell what chance does, in groups of as many as the network has. */
  readonly randomFilters: number;
  /** Digits over which maps are compared. */
  readonly digits: number;
}

export interface Values {
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

type Done = Measurement<Options, Values>;

export function findings(measured: readonly Done[]): Findings {
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

export function verdict(measured: readonly Done[]): Verdict {
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
