/** What came of shift: accuracy and the change of layers when digits move. */
import { lineChart, type Series } from "../../figures/index.js";
import { meanOf, pairedInterval } from "../../statistics/index.js";
import {
  CHART_WIDTH,
  type Figure,
  type Findings,
  type Measurement,
  ofSetting,
  type Table,
  type Verdict,
} from "../experiment.js";
import { type Claim, sortedClaims, twoClaims } from "../parts/expected.js";
import { colourPools, networks } from "../parts/shift-networks.js";
import { runsSeries } from "../parts/summary.js";
import { inPoints, percent, points } from "../parts/words.js";

export interface Options {
  /** One of {@link networks}, or of {@link colourPools}. */
  readonly network: string | null;
  readonly pool: string | null;
  readonly epochs: number;
  readonly images: number;
  /** Test images that are moved, and those of which every layer is looked at. */
  readonly moved: number;
  readonly observed: number;
  readonly farthest: number;
}

export interface Values {
  /** For each distance from 0 on, of each direction; of the images as they are, one number. */
  readonly accuracy: readonly (readonly number[])[];
  /** Of the layers before training and after it, when the picture moves by a pixel. */
  readonly layers: readonly string[];
  readonly changesBefore: readonly number[];
  readonly changes: readonly number[];
  /** For colours: how the pooled picture changes, as a share of its contrast. */
  readonly pooledChange: number | null;
}

const [NOTES, AVERAGE] = ["max pooling", "average pooling"] as const;

export const inColour = (pool: string): string => `colour: ${pool}`;

type Done = Measurement<Options, Values>;

/** Accuracies by seed: means over all directions, at one distance. */
function reached(measured: readonly Done[], setting: string, distance: number): number[] {
  return ofSetting(measured, setting).map(({ values }) => meanOf(values.accuracy[distance]!));
}

function distancesOf(measured: readonly Done[]): number[] {
  return Array.from(measured[0]!.values.accuracy, (_, distance) => distance);
}

export function findings(measured: readonly Done[]): Findings {
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
        canFall ? inPoints(meanOf(own!), 2) : "–",
        isPaired ? points(pairedInterval(own!, other!)) : "–",
      ];
    }),
  };
}

export function verdict(measured: readonly Done[]): Verdict {
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
      text: `at 6 pixels max pooling leads no pooling by ${inPoints(lead)} points (no more help)`,
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

/** Shares against what was expected: no farther off than this counts as expected. */
const NEAR = 0.05;

function claimsOfNumbers(
  what: string,
  numbers: readonly { name: string; found: number; expected: number }[],
): Claim[] {
  const each = numbers.map(({ name, found, expected }) => ({
    text: `${name} ${percent(found, 0)} (${Math.round(100 * expected)})`,
    holds: Math.abs(found - expected) <= NEAR,
  }));
  return twoClaims(each, (named) => `${what}: ${named}`);
}
