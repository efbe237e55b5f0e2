/** Whether features stay as they are when the picture moves a little, and what does it. */
import { lineChart, type Series } from "../figures/index.js";
import { meanOf, pairedInterval } from "../statistics/index.js";
import { Random } from "../tensor/index.js";
import { adam } from "../training/index.js";
import { aFewImages } from "./parts/changed-images.js";
import { type ColourPool, drawColours, pooledColourDigits } from "./parts/coloured-digits.js";
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
import type { Laboratory, Scale } from "./laboratory.js";
import {
  changeOfPooled,
  changesByAPixel,
  movedAccuracies,
  movedDataset,
} from "./parts/moved-pictures.js";
import { colourNetwork, networks } from "./parts/shift-networks.js";
import { runsSeries } from "./parts/summary.js";
import { trainClassifier } from "./parts/train-classifier.js";
import { type Claim, sortedClaims } from "./parts/expected.js";
import { percent, points } from "./parts/words.js";

const colourPools: Readonly<Record<string, ColourPool>> = {
  "largest, channels kept": { takes: "largest", keepsChannels: true },
  "largest, channels merged": { takes: "largest", keepsChannels: false },
  "mean, channels kept": { takes: "mean", keepsChannels: true },
  "mean, channels merged": { takes: "mean", keepsChannels: false },
};

interface Size {
  readonly seeds: number;
  readonly epochs: number;
  readonly images: number;
  /** Test images that are moved, and those of which every layer is looked at. */
  readonly moved: number;
  readonly observed: number;
  readonly farthest: number;
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: { seeds: 5, epochs: 3, images: 60_000, moved: 2000, observed: 200, farthest: 8 },
  quick: { seeds: 2, epochs: 1, images: 10_000, moved: 500, observed: 50, farthest: 8 },
  tiny: { seeds: 1, epochs: 1, images: 128, moved: 20, observed: 5, farthest: 1 },
};

interface Options extends Omit<Size, "seeds"> {
  /** One of {@link networks}, or of {@link colourPools}. */
  readonly network: string | null;
  readonly pool: string | null;
}

interface Values {
  /** For each distance from 0 on, of each direction; of the images as they are, one number. */
  readonly accuracy: readonly (readonly number[])[];
  /** Of the layers before training and after it, when the picture moves by a pixel. */
  readonly layers: readonly string[];
  readonly changesBefore: readonly number[];
  readonly changes: readonly number[];
  /** For colours: how the pooled picture changes, as a share of its contrast. */
  readonly pooledChange: number | null;
}

export const shift = experiment<Options, Values>({
  name: "shift",
  question:
    "Pooling is said to make features that hardly change when the picture moves a little. Is " +
    "that so, is it max pooling that does it, and would a pooling that merges the channels of a " +
    "colour picture lose it?",
  prediction:
    "Moved by 2 pixels, networks with max and with average pooling still read 95 % of the " +
    "digits, strided ones 92 %, the one without pooling 88 %, the fully connected one 80 %; by " +
    "4 pixels about 60, 60, 45, 40 and 25 %: pooling helps for as many pixels as it pools, no " +
    "more. When a picture moves by one pixel, it changes by about 70 % (relative L2), and so " +
    "does what the first convolution makes of it; max pooling takes that to 55 %, average " +
    "pooling, which blurs, to less, 45 %; in the logits about 20 % is left. In colour, a pool " +
    "that merges the channels is no less robust than one that keeps them: its output changes as " +
    "much, within a tenth. What it loses is colour: where ink and ground are equally bright, " +
    "the digit is gone, so it reads several per cent fewer digits, moved or not.",
  method:
    "The notes' network (102,130 parameters); the same with average pooling; with 3×3 " +
    "convolutions of stride 2 and 84 hidden units (102,502); without pooling, with 4 maps in " +
    "place of 32 and 44 hidden units (102,610); and 784 → 128 → 10 (101,770). Adam at 1e-3, " +
    "batches of 128, 3 epochs of 60,000 images that are not moved, 5 seeds. Then 2,000 drawn " +
    "test images, the same for all, moved by 0 to 8 pixels in eight directions, diagonally by " +
    "as many in both; what leaves is lost, and black comes in. Changes of layers: √(Σ‖f(moved) " +
    "− f(x)‖² / Σ‖f(x)‖²) over 200 images and 8 directions. Colour: MNIST has none, so ink and " +
    "ground are drawn for each image, at least 0.5 apart in RGB; a 2×2 pool, of the channels " +
    "apart or together, is the first layer, then come the notes' layers, but for the second " +
    "pool; the change of what is pooled is measured against its contrast, its distance from its " +
    "mean.",
  units(_done, scale) {
    const { seeds, ...size } = sizes[scale];
    const settings = [
      ...Object.keys(networks).map((network) => ({ network, pool: null })),
      ...Object.keys(colourPools).map((pool) => ({ network: null, pool })),
    ];
    return settings.flatMap((setting) =>
      seedsUpTo(seeds).map(
        (seed): Unit<Options> => ({
          setting: setting.network ?? inColour(setting.pool!),
          seed,
          options: { ...setting, ...size },
        }),
      ),
    );
  },
  measure: (unit, laboratory) =>
    unit.options.pool === null ? measureGray(unit, laboratory) : measureColour(unit, laboratory),
  findings,
  verdict,
});

const [NOTES, AVERAGE] = ["max pooling", "average pooling"] as const;

const inColour = (pool: string): string => `colour: ${pool}`;

type Done = Measurement<Options, Values>;

/** Accuracies by seed: means over all directions, at one distance. */
function reached(measured: readonly Done[], setting: string, distance: number): number[] {
  return ofSetting(measured, setting).map(({ values }) => meanOf(values.accuracy[distance]!));
}

function distancesOf(measured: readonly Done[]): number[] {
  return Array.from(measured[0]!.values.accuracy, (_, distance) => distance);
}

function findings(measured: readonly Done[]): Findings {
  const [gray, colour] = [Object.keys(networks), Object.keys(colourPools).map(inColour)];
  return {
    tables: [
      accuracyTable(measured, gray, "Accuracy on test images, by how many pixels they are moved"),
      changeTable(measured),
      accuracyTable(measured, colour, "The same for coloured digits"),
      colourTable(measured),
    ],
    figures: [
      accuracyChart(measured, gray, "moved.svg", "Accuracy on moved digits"),
      changeChart(measured),
      accuracyChart(measured, colour, "moved-colour.svg", "Accuracy on moved digits in colour"),
    ],
  };
}

/** Distances for a table that fits on a page. */
const SHOWN = [0, 1, 2, 3, 4, 6, 8];

function accuracyTable(
  measured: readonly Done[],
  settings: readonly string[],
  what: string,
): Table {
  const distances = distancesOf(measured).filter((distance) => SHOWN.includes(distance));
  return {
    caption: `${what}: means over directions and seeds.`,
    head: ["network", ...distances.map(String)],
    rows: settings.map((setting) => [
      setting,
      ...distances.map((distance) => percent(meanOf(reached(measured, setting, distance)), 1)),
    ]),
  };
}

function accuracyChart(
  measured: readonly Done[],
  settings: readonly string[],
  file: string,
  title: string,
): Figure {
  const distances = distancesOf(measured);
  const series = settings.map((setting) => {
    const columns = distances.map((distance) => reached(measured, setting, distance));
    const runs = columns[0]!.map((_, seed) => columns.map((column) => column[seed]!));
    return runsSeries(setting.replace("colour: ", ""), distances, runs, [0, 1]);
  });
  return {
    file,
    alt: `${title}: a falling line for each network, by how far the digits are moved.`,
    svg: lineChart({
      ...{ title, width: CHART_WIDTH, series },
      description: "For each network the mean with Student's interval at 95 %, and each seed.",
      x: { label: "pixels moved" },
      y: { label: "test images classified correctly", format: "percent" },
    }),
  };
}

/** In the order of the notes' network, which has all of them. */
const LAYERS = ["input", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2"].concat(
  ...[["affine1", "relu3", "affine2"]],
);

/** By how much a layer's output changes, by seed; empty where a network has no such layer. */
function changesOf(measured: readonly Done[], network: string, layer: string): number[] {
  // the fully connected network's only rectifier is the third one of the others
  const own = network === "mlp" && layer === "relu3" ? "relu1" : layer;
  if (network === "mlp" && layer === "relu1") return [];
  return ofSetting(measured, network).flatMap(({ values }) => {
    const found = values.layers.indexOf(own);
    return found < 0 ? [] : [values.changes[found]!];
  });
}

function changeTable(measured: readonly Done[]): Table {
  return {
    caption:
      "How much the output of a layer changes when the digit moves by one pixel, in eight " +
      "directions: relative L2, mean over the seeds.",
    head: ["network", ...LAYERS],
    rows: Object.keys(networks).map((network) => [
      network,
      ...LAYERS.map((layer) => {
        const changes = changesOf(measured, network, layer);
        return changes.length === 0 ? "–" : percent(meanOf(changes), 1);
      }),
    ]),
  };
}

function changeChart(measured: readonly Done[]): Figure {
  const series = Object.keys(networks).map((network): Series => {
    const own = LAYERS.filter((layer) => changesOf(measured, network, layer).length > 0);
    const columns = own.map((layer) => changesOf(measured, network, layer));
    const runs = columns[0]!.map((_, seed) => columns.map((column) => column[seed]!));
    const places = own.map((layer) => LAYERS.indexOf(layer));
    return runsSeries(network, places, runs, [0, Infinity]);
  });
  return {
    file: "layers.svg",
    alt: "How much each layer's output changes when the digit moves by one pixel.",
    svg: lineChart({
      title: "Change of each layer when the digit moves by a pixel",
      description: "A line for each network, from its input to its logits; lower is steadier.",
      ...{ width: CHART_WIDTH, series },
      x: { label: "layer", format: (place) => LAYERS[place] ?? "" },
      y: { label: "relative change (L2)", format: "percent" },
    }),
  };
}

/** By how much accuracy falls when digits move by two pixels, by seed. */
function falls(measured: readonly Done[], setting: string): number[] {
  const [before, after] = [0, FALL].map((distance) => reached(measured, setting, distance));
  return after!.map((accuracy, seed) => accuracy - before![seed]!);
}

/** As far as the smallest scale moves digits, or two pixels. */
const FALL = 2;

function colourTable(measured: readonly Done[]): Table {
  const canFall = distancesOf(measured).length > FALL;
  return {
    caption:
      "Coloured digits: how much what is pooled changes when the digit moves by one pixel, as a " +
      `share of its contrast, and what ${FALL} pixels cost in percentage points.`,
    head: ["pool", "change", "cost", "cost, compared with channels kept"],
    rows: Object.keys(colourPools).map((pool) => {
      const [run] = ofSetting(measured, inColour(pool));
      const kept = `${pool.split(",")[0]}, channels kept`;
      const [own, other] = [pool, kept].map((one) =>
        canFall ? falls(measured, inColour(one)) : [],
      );
      const isPaired = canFall && own!.length > 1 && pool !== kept;
      return [
        pool,
        percent(run!.values.pooledChange!, 1),
        canFall ? (100 * meanOf(own!)).toFixed(2).replace("-", "−") : "–",
        isPaired ? points(pairedInterval(own!, other!)) : "–",
      ];
    }),
  };
}

function verdict(measured: readonly Done[]): Verdict {
  const [max, average] = [NOTES, AVERAGE].map((network) =>
    read(measured, network, Math.min(2, distancesOf(measured).length - 1)),
  );
  return {
    shows:
      "Both poolings are " +
      `${isAheadOfOthers(measured) ? "" : "not "}ahead of everything else at 2 pixels: max ` +
      `${percent(max!, 1)}, average ${percent(average!, 1)}. ` +
      sortedClaims([
        ...claimsOfReading(measured),
        ...claimsOfChanges(measured),
        ...claimsOfColour(measured),
      ]),
    doesNotShow:
      "That pooling makes features invariant: by 4 pixels, two windows of the first pooling, " +
      "all networks have lost a good part, and training with moved images would do more. " +
      "Relative changes also count the biases, which do not move. Colours were drawn at random " +
      "and mean nothing for the class; where they do, merging would cost more. From the fifth " +
      "pixel on, some ink has left the image.",
  };
}

function read(measured: readonly Done[], network: string, distance: number): number {
  return meanOf(reached(measured, network, distance));
}

function isAheadOfOthers(measured: readonly Done[]): boolean {
  const distance = Math.min(2, distancesOf(measured).length - 1);
  const poolings: string[] = [NOTES, AVERAGE];
  const least = Math.min(...poolings.map((network) => read(measured, network, distance)));
  return Object.keys(networks).every(
    (network) => poolings.includes(network) || read(measured, network, distance) < least,
  );
}

/** Per cent that were expected to be read, in the order of {@link networks}. */
const EXPECTED_READ: Readonly<Record<number, readonly number[]>> = {
  2: [95, 95, 92, 88, 80],
  4: [60, 60, 45, 40, 25],
};

function claimsOfReading(measured: readonly Done[]): Claim[] {
  const distances = distancesOf(measured);
  const claims = Object.entries(EXPECTED_READ).flatMap(([distance, expected]) =>
    distances.includes(Number(distance))
      ? claimsOfNumbers(
          `moved by ${distance} pixels, there are read`,
          Object.keys(networks).map((network, i) => ({
            name: network,
            found: read(measured, network, Number(distance)),
            expected: expected[i]! / 100,
          })),
        )
      : [],
  );
  if (!distances.includes(6)) return claims;
  const lead = read(measured, NOTES, 6) - read(measured, "no pooling", 6);
  return [
    ...claims,
    {
      text: `at 6 pixels max pooling leads none by ${inPoints(lead)} points (no more help)`,
      holds: Math.abs(lead) < 0.02,
    },
  ];
}

function claimsOfChanges(measured: readonly Done[]): Claim[] {
  const change = (network: string, layer: string): number =>
    meanOf(changesOf(measured, network, layer));
  return claimsOfNumbers("moved by one pixel, there changes by", [
    { name: "the picture", found: change(NOTES, "input"), expected: 0.7 },
    { name: "the first map", found: change(NOTES, "relu1"), expected: 0.7 },
    { name: "behind max pooling", found: change(NOTES, "pool1"), expected: 0.55 },
    { name: "behind average pooling", found: change(AVERAGE, "pool1"), expected: 0.45 },
    { name: "in the logits", found: change(NOTES, "affine2"), expected: 0.2 },
  ]);
}

function claimsOfColour(measured: readonly Done[]): Claim[] {
  const pools = ["kept", "merged"].map((how) => inColour(`largest, channels ${how}`));
  const [kept, merged] = pools.map(
    (pool) => ofSetting(measured, pool)[0]!.values.pooledChange!,
  ) as [number, number];
  const distances = distancesOf(measured);
  const lost = [0, distances.includes(4) ? 4 : distances.at(-1)!].map((distance) => {
    const [all, fewer] = pools.map((pool) => read(measured, pool, distance));
    return all! - fewer!;
  });
  return [
    {
      text:
        `in colour, what a pool that merges the channels puts out changes by ` +
        `${percent(merged, 0)} of its contrast, against ${percent(kept, 0)} (within a tenth)`,
      holds: Math.abs(merged / kept - 1) < 0.1,
    },
    {
      text:
        `merged, ${inPoints(lost[0]!)} points fewer digits are read unmoved, ` +
        `${inPoints(lost[1]!)} moved (several)`,
      holds: lost.every((share) => share >= 0.02),
    },
  ];
}

function inPoints(share: number): string {
  return (100 * share).toFixed(1).replace("-", "−");
}

/** Shares against what was expected: no farther off than this counts as expected. */
const NEAR = 0.05;

function claimsOfNumbers(
  what: string,
  numbers: readonly { name: string; found: number; expected: number }[],
): Claim[] {
  return [true, false].flatMap((holds): Claim[] => {
    const named = numbers
      .filter(({ found, expected }) => Math.abs(found - expected) <= NEAR === holds)
      .map(
        ({ name, found, expected }) =>
          `${name} ${percent(found, 0)} (${Math.round(100 * expected)})`,
      );
    return named.length === 0 ? [] : [{ text: `${what}: ${named.join(", ")}`, holds }];
  });
}

async function measureGray(
  { seed, options: { network, epochs, images, moved, observed, farthest } }: Unit<Options>,
  laboratory: Laboratory,
): Promise<Values> {
  const { mnist, backend } = laboratory;
  const { train, test } = mnist;
  const some = aFewImages(test, moved);
  const look = changesByAPixel(aFewImages(test, observed));
  let changesBefore: readonly number[] = [];
  const { found } = await trainClassifier(
    {
      network: networks[network!]!,
      data: images < train.count ? aFewImages(train, images) : train,
      test,
      ...training(epochs),
      onEpoch: async (built, epoch) => {
        if (epoch < 0) ({ changes: changesBefore } = await look(built, laboratory));
      },
    },
    seed,
    laboratory,
    async (built) => ({
      accuracy: await movedAccuracies(built, laboratory, farthest, (dH, dW) =>
        movedDataset(some, dH, dW),
      ),
      ...(await look(built, { backend })),
    }),
  );
  return { ...found, changesBefore, pooledChange: null };
}

function training(epochs: number) {
  return { optimizer: adam({ learningRate: 1e-3 }), epochs, batchSize: 128 };
}

async function measureColour(
  { seed, options: { pool: name, epochs, images, moved, observed, farthest } }: Unit<Options>,
  laboratory: Laboratory,
): Promise<Values> {
  const { train, test } = laboratory.mnist;
  const pool = colourPools[name!]!;
  const random = new Random("colours");
  const seen = images < train.count ? aFewImages(train, images) : train;
  const some = aFewImages(test, moved);
  const inks = drawColours(moved, random.split("test"));
  const { found } = await trainClassifier(
    {
      network: colourNetwork(pool),
      data: pooledColourDigits(seen, drawColours(images, random.split("train")), pool),
      test: pooledColourDigits(some, inks, pool),
      ...training(epochs),
    },
    seed,
    laboratory,
    (built) =>
      movedAccuracies(built, laboratory, farthest, (dH, dW) =>
        pooledColourDigits(movedDataset(some, dH, dW), inks, pool),
      ),
  );
  const pooledChange = changeOfPooled(aFewImages(test, observed), inks, pool);
  return { accuracy: found, layers: [], changesBefore: [], changes: [], pooledChange };
}
