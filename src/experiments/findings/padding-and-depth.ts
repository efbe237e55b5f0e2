/** What came of padding-and-depth: accuracy and what is left of the image, by depth. */
import { lineChart } from "../../figures/index.js";
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
import { type Claim, sortedClaims } from "../parts/expected.js";
import { type Halving, halvings, mapSizes, type Stack } from "../parts/stacks.js";
import { runsSeries, summaryOf } from "../parts/summary.js";
import { inPoints, percent, points, shareWithInterval } from "../parts/words.js";

export interface Options extends Stack {
  readonly epochs: number;
  readonly images: number;
}

export interface Values {
  readonly testAccuracy: readonly number[];
  readonly testLoss: readonly number[];
  /** Height of the maps, after each layer of the stack. */
  readonly sizes: readonly number[];
  readonly parameters: number;
}

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

export function findings(measured: readonly Done[]): Findings {
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

export function verdict(measured: readonly Done[]): Verdict {
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

export function settingName({ halving, padding, depth }: Stack): string {
  const how =
    halving === "none" ? "stride 1" : halving === "pooling" ? "stride 1, pooled" : halving;
  return `depth ${depth}, ${how}, ${padding === 0 ? "no padding" : `padding ${padding}`}`;
}
