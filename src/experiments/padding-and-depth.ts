/** What padding is for: how small images become in deep stacks, and what that costs. */
import { drawSubset } from "../data/index.js";
import { lineChart } from "../figures/index.js";
import { conv2dGeometry } from "../im2col/index.js";
import {
  affine,
  conv2d,
  flatten,
  he,
  type LayerDescription,
  maxPool2d,
  type NetworkDescription,
  relu,
} from "../network/index.js";
import { meanOf, pairedInterval } from "../statistics/index.js";
import { Random } from "../tensor/index.js";
import { adam } from "../training/index.js";
import { type Claim, sortedClaims } from "./parts/expected.js";
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
import { runsSeries, summaryOf } from "./parts/summary.js";
import { trainClassifier } from "./parts/train-classifier.js";
import { percent, points, shareWithInterval } from "./parts/words.js";

const SIDE = 28;
const CHANNELS = 8;

/** How maps become smaller: hardly, by a stride of 2, or by a pooling after each convolution. */
const halvings = ["none", "stride 2", "pooling"] as const;
type Halving = (typeof halvings)[number];

interface Size {
  readonly seeds: number;
  readonly epochs: number;
  readonly images: number;
  /** Of stacks that are not halved. */
  readonly depths: readonly number[];
  readonly deepest: number;
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: { seeds: 5, epochs: 1, images: 15_000, depths: [1, 3, 5, 8, 11, 13], deepest: 5 },
  quick: { seeds: 1, epochs: 1, images: 3000, depths: [1, 4, 8, 12], deepest: 4 },
  tiny: { seeds: 1, epochs: 1, images: 64, depths: [1, 4], deepest: 1 },
};

interface Options {
  readonly halving: Halving;
  readonly padding: number;
  readonly depth: number;
  readonly epochs: number;
  readonly images: number;
}

interface Values {
  readonly testAccuracy: readonly number[];
  readonly testLoss: readonly number[];
  /** Height of the maps, after each layer of the stack. */
  readonly sizes: readonly number[];
  readonly parameters: number;
}

export const paddingAndDepth = experiment<Options, Values>({
  name: "padding-and-depth",
  question:
    "Without padding each 3×3 convolution takes two rows and columns away, a stride of 2 or a " +
    "pooling half of them. How deep can a stack become, and does what is left suffice?",
  prediction:
    "By (7.1) 13 unpadded convolutions leave 2×2 of 28×28 pixels and a 14th has no place; with " +
    "a stride of 2 or a pooling, three is the end. Accuracy suffers later than sizes suggest: " +
    "with and without padding the networks are within 0.5 percentage points of each other up to " +
    "a depth of 8 (12×12 left), since the digits' margin is black and the last maps still see " +
    "all of the image; at 13 the unpadded one, with 32 numbers left, is 1 to 2 points worse. " +
    "Depth itself helps up to about 6. With halving, the padded stacks are best at a depth of " +
    "3, and lose a point or two when they go on to a single pixel.",
  method:
    "28×28 images; 1 to 13 convolutions of 3×3 with 8 channels, each followed by a rectifier, " +
    "then one affine layer to ten classes, which has fewer inputs where maps are smaller: that " +
    "is part of what padding does, and the table gives the number of parameters. With a padding " +
    "of 1 and without; with a stride of 1, with a stride of 2, or with a 2×2 max pooling after " +
    "each convolution, as deep as there is room, at most 5. Weights by He's rule, which keeps " +
    "the variance through a deep stack; Adam at 1e-3, batches of 32, one epoch of 15,000 " +
    "images, 5 seeds, all test images. Intervals are Student's, at 95 %, paired by seed for " +
    "differences.",
  units(_done, scale) {
    const { seeds, epochs, images, depths, deepest } = sizes[scale];
    const halved = Array.from({ length: deepest }, (_, i) => i + 1);
    return halvings.flatMap((halving) =>
      [1, 0].flatMap((padding) =>
        (halving === "none" ? depths : halved)
          .filter((depth) => mapSizes({ halving, padding, depth }).length === depth)
          .flatMap((depth) =>
            seedsUpTo(seeds).map(
              (seed): Unit<Options> => ({
                setting: settingName({ halving, padding, depth }),
                seed,
                options: { halving, padding, depth, epochs, images },
              }),
            ),
          ),
      ),
    );
  },
  measure,
  findings,
  verdict,
});

type Done = Measurement<Options, Values>;

/** Test accuracies after the last epoch, by seed. */
function reached(measured: readonly Done[], stack: Stack): number[] {
  const runs = ofSetting(measured, settingName(stack));
  return runs.map(({ values }) => values.testAccuracy.at(-1)!);
}

function depthsOf(measured: readonly Done[], halving: Halving, padding?: number): number[] {
  const meant = measured.filter(
    ({ options }) =>
      options.halving === halving && (padding === undefined || options.padding === padding),
  );
  return [...new Set(meant.map(({ options }) => options.depth))].sort((a, b) => a - b);
}

function findings(measured: readonly Done[]): Findings {
  return {
    tables: halvings.map((halving) => table(measured, halving)),
    figures: [
      chart(measured, ["none"], "stride-1.svg", "Stacks of 3×3 convolutions of stride 1"),
      chart(measured, ["stride 2", "pooling"], "halved.svg", "Stacks that halve their maps"),
    ],
  };
}

const captions: Readonly<Record<Halving, string>> = {
  none:
    "Stride 1: height of the last map, parameters and test accuracy, with a padding of 1 and " +
    "without, and the difference in percentage points, paired by seed: means and Student's " +
    "intervals at 95 %.",
  "stride 2": "The same with a stride of 2.",
  pooling: "The same with a stride of 1 and a 2×2 max pooling after each convolution.",
};

function table(measured: readonly Done[], halving: Halving): Table {
  const columns = ["last map", "parameters", "accuracy"];
  return {
    caption: captions[halving],
    head: ["depth", ...columns.map((name) => `padded: ${name}`), ...columns, "difference"],
    rows: depthsOf(measured, halving).map((depth) => {
      const stacks = [1, 0].map((padding) => ({ halving, padding, depth }));
      const [padded, plain] = stacks.map((one) => reached(measured, one));
      const isPaired = padded!.length > 1 && plain!.length > 1;
      return [
        `${depth}`,
        ...stacks.flatMap((one) => cells(measured, one)),
        isPaired ? points(pairedInterval(padded!, plain!)) : "–",
      ];
    }),
  };
}

/** Height of the last map, parameters, accuracy; dashes where there is no room for such a stack. */
function cells(measured: readonly Done[], one: Stack): string[] {
  const [run] = ofSetting(measured, settingName(one));
  if (run === undefined) return ["–", "–", "–"];
  const { sizes: heights, parameters } = run.values;
  return [
    `${heights.at(-1)}`,
    parameters.toLocaleString("en-US"),
    shareWithInterval(reached(measured, one)),
  ];
}

const wholeOnly = (depth: number): string => (Number.isInteger(depth) ? `${depth}` : "");

function chart(
  measured: readonly Done[],
  shown: readonly Halving[],
  file: string,
  title: string,
): Figure {
  const series = shown.flatMap((halving) =>
    [1, 0].map((padding) => {
      const depths = depthsOf(measured, halving, padding);
      const columns = depths.map((depth) => reached(measured, { halving, padding, depth }));
      const runs = columns[0]!.map((_, seed) => columns.map((column) => 1 - column[seed]!));
      const name = padding === 0 ? "no padding" : "padded";
      return runsSeries(halving === "none" ? name : `${halving}, ${name}`, depths, runs);
    }),
  );
  return {
    file,
    alt: `${title}: test images misclassified by depth, with padding and without.`,
    svg: lineChart({
      ...{ title, width: CHART_WIDTH, series },
      description: "A line for each kind of stack with its interval, and a thin one for each seed.",
      x: { label: "depth: convolutions, one after another", format: wholeOnly },
      y: { label: "test images misclassified", scale: "log", format: "percent" },
    }),
  };
}

/** Depth and mean accuracy of the best stack of a kind. */
function best(measured: readonly Done[], halving: Halving, padding: number) {
  const all = depthsOf(measured, halving, padding).map((depth) => ({
    depth,
    accuracy: meanOf(reached(measured, { halving, padding, depth })),
  }));
  return all.reduce((first, one) => (one.accuracy > first.accuracy ? one : first));
}

function verdict(measured: readonly Done[]): Verdict {
  const depths = depthsOf(measured, "none", 0);
  const gaps = depths.map((depth) => {
    const [padded, plain] = [1, 0].map((padding) =>
      reached(measured, { halving: "none", padding, depth }),
    );
    const left = mapSizes({ halving: "none", padding: 0, depth }).at(-1)!;
    const gap =
      padded!.length > 1
        ? points(pairedInterval(padded!, plain!))
        : points({ ...summaryOf([meanOf(padded!) - meanOf(plain!)]), deviation: 0, count: 1 });
    return `${gap} at ${depth} (${left}×${left} left)`;
  });
  const most = (halving: Halving): number => mapSizes({ halving, padding: 0, depth: 99 }).length;
  const kinds = halvings.flatMap((halving) =>
    [1, 0].map((padding) => {
      const { depth, accuracy } = best(measured, halving, padding);
      const how = halving === "none" ? "stride 1" : halving;
      const name = `${how}, ${padding === 0 ? "no padding" : "padded"}`;
      return `${name}: ${percent(accuracy, 1)} at ${depth}`;
    }),
  );
  return {
    shows:
      `Without padding, ${most("none")} convolutions of stride 1 are the most, and ` +
      `${most("stride 2")} with a stride of 2, ${most("pooling")} with a pooling after each: ` +
      "that is arithmetic, (7.1). What padding is worth, in percentage points by depth: " +
      `${gaps.join(", ")}. The best depth of each kind: ${kinds.join("; ")}. ` +
      sortedClaims(claims(measured)),
    doesNotShow:
      "What padding is worth where pictures reach their margin: digits have a black one of 4 " +
      "pixels and more, so there is little to lose at first. Padded stacks also have up to 25 " +
      "times as many weights in their affine layer and take several times as long; with as much " +
      "computation for both, the comparison would be another one. And one epoch of 15,000 " +
      "images favours what learns fast.",
  };
}

/** What was expected of accuracies, as far as those depths were measured. */
function claims(measured: readonly Done[]): Claim[] {
  const worth = (depth: number): number => {
    const [padded, plain] = [1, 0].map((padding) =>
      meanOf(reached(measured, { halving: "none", padding, depth })),
    );
    return padded! - plain!;
  };
  const depths = depthsOf(measured, "none", 0);
  const inPoints = (share: number): string => (100 * share).toFixed(1);
  const all: Claim[] = [];
  if (depths.includes(8)) {
    const most = Math.max(...depths.filter((depth) => depth <= 8).map(worth));
    const text = `up to a depth of 8, padding is worth ${inPoints(most)} points at most (0.5)`;
    all.push({ text, holds: most <= 0.005 });
  }
  if (depths.includes(13)) {
    const found = worth(13);
    const text = `at 13 it is worth ${inPoints(found)} (1 to 2)`;
    all.push({ text, holds: found >= 0.01 && found <= 0.02 });
    const halved = halvings.filter((halving) => halving !== "none");
    const bests = halved.map((halving) => best(measured, halving, 1).depth);
    const names = halved.map((halving, i) => `${halving} at ${bests[i]}`).join(", ");
    all.push({
      text: `with halving, padded stacks are best at: ${names} (3)`,
      holds: bests.every((depth) => depth === 3),
    });
  }
  return all;
}

type Stack = Pick<Options, "halving" | "padding" | "depth">;

function settingName({ halving, padding, depth }: Stack): string {
  const how =
    halving === "none" ? "stride 1" : halving === "pooling" ? "stride 1, pooled" : halving;
  return `depth ${depth}, ${how}, ${padding === 0 ? "no padding" : `padding ${padding}`}`;
}

/** Heights of the maps, after each layer, as far as there is room for one more. */
export function mapSizes({ halving, padding, depth }: Stack): number[] {
  const found: number[] = [];
  const windows = [
    { kernelSize: 3, padding, stride: halving === "stride 2" ? 2 : 1 },
    ...(halving === "pooling" ? [{ kernelSize: 2, stride: 2, padding: 0 }] : []),
  ];
  let size = SIDE;
  for (let d = 0; d < depth; d++) {
    for (const window of windows) {
      if (window.kernelSize > size + 2 * window.padding) return found;
      // sizes after filtering are computed in one place only: (conv2d.2).
      size = conv2dGeometry("mapSizes", size, size, window).outH;
    }
    found.push(size);
  }
  return found;
}

function stack({ halving, padding, depth }: Stack): NetworkDescription {
  const layers: [string, LayerDescription][] = [];
  const stride = halving === "stride 2" ? 2 : 1;
  for (let d = 1; d <= depth; d++) {
    layers.push(
      [`conv${d}`, conv2d({ outChannels: CHANNELS, kernelSize: 3, padding, stride })],
      ...(halving === "pooling"
        ? [[`pool${d}`, maxPool2d({ kernelSize: 2 })] as [string, LayerDescription]]
        : []),
      [`relu${d}`, relu()],
    );
  }
  layers.push(["flatten", flatten()], ["affine", affine({ outFeatures: 10 })]);
  return { input: [1, SIDE, SIDE], layers: Object.fromEntries(layers) };
}

async function measure({ seed, options }: Unit<Options>, laboratory: Laboratory): Promise<Values> {
  const { train, test } = laboratory.mnist;
  const drawn = drawSubset(train.count, options.images, new Random(seed).split("subset"));
  const { curves, found: parameters } = await trainClassifier(
    {
      network: stack(options),
      data: train.gather(drawn),
      test,
      initialiser: he,
      optimizer: adam({ learningRate: 1e-3 }),
      ...{ epochs: options.epochs, batchSize: 32 },
    },
    seed,
    laboratory,
    (network) => network.parameters.reduce((sum, { parameter }) => sum + parameter.value.size, 0),
  );
  const { testAccuracy, testLoss } = curves;
  return { testAccuracy, testLoss, sizes: mapSizes(options), parameters };
}
