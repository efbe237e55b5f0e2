/** Several runs, side by side. */
import {
  contents,
  element,
  escape,
  figure,
  formatNumber,
  formatPercent,
  htmlPage,
  intervalChart,
  lineChart,
  section,
  type Section,
  table,
} from "../figures/index.js";
import { type Interval, proportionInterval } from "../statistics/index.js";
import type { EpochResult } from "../training/index.js";
import type { ComparedRun } from "./compared-run.js";
import { recipesSection } from "./compare-recipes.js";
import { card, counted, paragraph } from "./section.js";

/** How two runs differ on the same images. */
export interface PairedDifference extends Interval {
  /** Images that only the first guesses right. */
  readonly onlyFirst: number;
  /** Images that only the second guesses right. */
  readonly onlySecond: number;
  /** How much larger the first one's accuracy is, as a share of the images. */
  readonly difference: number;
}

/** What a normal variable stays within, by its absolute value, with probability 0.95. */
const NORMAL_BOUND = 1.959963984540054;

/**
 * What one run gets right and the other wrong, and a 95 % interval of the difference of their
 * accuracies by Agresti and Min (2005): Wald's for pairs, with half an image more in each of the
 * four cells. It speaks of these two networks on other images, not of other seeds.
 *
 * @param first for each image, whether the first run guesses it right; `second` in the same order
 */
export function pairedDifference(
  first: readonly boolean[],
  second: readonly boolean[],
): PairedDifference {
  let [onlyFirst, onlySecond] = [0, 0];
  for (const [n, right] of first.entries()) {
    if (right && !second[n]) onlyFirst++;
    if (!right && second[n]) onlySecond++;
  }
  const [a, b, count] = [onlyFirst + 0.5, onlySecond + 0.5, first.length + 2];
  const middle = (a - b) / count;
  const spread = Math.sqrt(a + b - ((a - b) * (a - b)) / count) / count;
  const low = Math.max(-1, middle - NORMAL_BOUND * spread);
  const high = Math.min(1, middle + NORMAL_BOUND * spread);
  return { onlyFirst, onlySecond, difference: (onlyFirst - onlySecond) / first.length, low, high };
}

/**
 * The page of a comparison, as HTML. The first run is what the others are compared with.
 *
 * @param runs at least one, none without test images; image by image, only those on the same test
 *   images are compared
 */
export function comparisonPage(runs: readonly ComparedRun[]): string {
  const sections: Section[] = [results(runs), recipesSection(runs), curves(runs), pairs(runs)];
  const title = `${counted(runs.length, "run")} compared`;
  return htmlPage({
    title,
    body: [
      element("header", {}, [
        element("h1", {}, escape(title)),
        element("p", { class: "lead" }, escape(runs.map(({ name }) => name).join(", "))),
      ]),
      contents(sections),
      element("main", {}, sections.map(section)),
    ],
  });
}

function rightOf({ isRight }: ComparedRun): number {
  return isRight.filter(Boolean).length;
}

function results(runs: readonly ComparedRun[]): Section {
  const rows = runs.map((run) => {
    const [right, count] = [rightOf(run), run.isRight.length];
    const { low, high } = proportionInterval(right, count);
    const seconds = run.log.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0);
    return [
      ...[run.name, run.recipe, run.seed, run.log.length],
      run.parameters.toLocaleString("en-US"),
      formatPercent(right / count, 4),
      `${formatPercent(low, 4)} to ${formatPercent(high, 4)}`,
      formatNumber(run.log.at(-1)?.testLoss ?? Number.NaN),
      formatNumber(seconds),
    ];
  });
  const draw = (width: number): string =>
    intervalChart({
      title: "Test accuracy",
      description: "Share of the test images guessed right, with 95 % intervals by Wilson.",
      width,
      x: { label: "test images guessed right, with 95 % interval", format: "percent" },
      rows: runs.map((run) => {
        const [right, count] = [rightOf(run), run.isRight.length];
        const { low, high } = proportionInterval(right, count);
        const text = formatPercent(right / count, 4);
        return { name: run.name, mean: right / count, interval: [low, high], text };
      }),
    });
  return {
    id: "results",
    heading: "Results",
    body: [
      card(figure(draw, "")),
      table({
        caption: "Intervals are Wilson's, of 95 %; losses are of the last epoch",
        head: [
          ...["run", "recipe", "seed", "epochs", "parameters", "test accuracy", "interval"],
          ...["test loss", "seconds of training"],
        ],
        rows,
      }),
    ],
  };
}

function curves(runs: readonly ComparedRun[]): Section {
  const trained = runs.filter(({ log }) => log.length > 0);
  const heading = { id: "curves", heading: "Curves" };
  if (trained.length === 0)
    return { ...heading, body: [paragraph("Left out: no run has finished an epoch.")] };
  const chart = (
    title: string,
    label: string,
    value: (one: EpochResult) => number,
    rest: { readonly scale?: "log"; readonly format?: "percent" },
  ): string => {
    const draw = (width: number): string =>
      lineChart({
        title,
        description: `${title} of each run, by epoch.`,
        width,
        x: { label: "epochs done", isWhole: true },
        y: { label, ...rest },
        series: trained.map(({ name, log }) => {
          const points = log.map((one) => [one.epoch + 1, value(one)] as const);
          return { name, points, ...(log.length < 12 && { dots: points }) };
        }),
      });
    return card(figure(draw, ""));
  };
  const isPositive = trained.every(({ log }) => log.every(({ testLoss }) => testLoss > 0));
  const loss = ({ testLoss }: EpochResult): number => testLoss;
  return {
    ...heading,
    body: [
      chart("Test accuracy", "test images guessed right", ({ testAccuracy }) => testAccuracy, {
        format: "percent",
      }),
      chart("Test loss", "test loss", loss, isPositive ? { scale: "log" } : {}),
    ],
  };
}

function pairs(runs: readonly ComparedRun[]): Section {
  const heading = { id: "pairs", heading: "Image by image" };
  const [first, ...others] = runs as [ComparedRun, ...ComparedRun[]];
  const alike = others.filter(({ testSet }) => testSet === first.testSet);
  const left = others.filter(({ testSet }) => testSet !== first.testSet);
  const leftOut =
    left.length === 0
      ? []
      : [
          paragraph(
            `Left out, since their test images are others than those of ${first.name}: ` +
              `${left.map(({ name }) => name).join(", ")}.`,
          ),
        ];
  if (alike.length === 0) return { ...heading, body: leftOut };
  const differences = alike.map((run) => ({
    run,
    ...pairedDifference(run.isRight, first.isRight),
  }));
  const points = (share: number): string => `${share > 0 ? "+" : ""}${formatNumber(100 * share)}`;
  const draw = (width: number): string =>
    intervalChart({
      title: `Difference to ${first.name}`,
      description: "Difference of the accuracies on the same images, with 95 % intervals.",
      width,
      x: { label: `percentage points above ${first.name}` },
      reference: { at: 0, name: "no difference" },
      rows: differences.map(({ run, difference, low, high }) => ({
        name: run.name,
        mean: 100 * difference,
        interval: [100 * low, 100 * high],
        text: points(difference),
      })),
    });
  return {
    ...heading,
    body: [
      paragraph(
        `Each run against ${first.name}, on the same ${counted(first.isRight.length, "image")}: ` +
          "what counts are the images that one of the two guesses right and the other does not. " +
          "The interval of the difference is Agresti and Min's (2005), of 95 %. It tells whether " +
          "these two networks differ on images of this kind, not whether their recipes do: for " +
          "that, train each with several seeds.",
      ),
      card(figure(draw, "")),
      table({
        caption: `Images that only one of the two guesses right, against ${first.name}`,
        head: ["run", "only this one", `only ${first.name}`, "percentage points", "95 % interval"],
        rows: differences.map(({ run, onlyFirst, onlySecond, difference, low, high }) => [
          ...[run.name, onlyFirst, onlySecond, points(difference)],
          `${points(low)} to ${points(high)}`,
        ]),
      }),
      ...leftOut,
    ],
  };
}
