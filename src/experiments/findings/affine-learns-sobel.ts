/** What came of affine-learns-sobel: errors, and where the weights lie, by the number of images. */
import {
  type Axis,
  formatNumber,
  lineChart,
  pictures as drawPictures,
} from "../../figures/index.js";
import { meanOf } from "../../statistics/index.js";
import {
  CHART_WIDTH,
  type Figure,
  type Findings,
  type Measurement,
  ofSetting,
  type Table,
  type Verdict,
} from "../experiment.js";
import { expectedOrNot } from "../parts/expected.js";
import { runsSeries, summaryOf } from "../parts/summary.js";
import { percent, shareWithInterval } from "../parts/words.js";

export const LAYERS = ["affine", "convolution"] as const;
export type Layer = (typeof LAYERS)[number];

export const pictures = ["digits", "noise"];

export interface Options {
  /** "search" or "final". */
  readonly stage: string;
  readonly layer: Layer;
  /** One of {@link pictures}. */
  readonly pictures: string;
  readonly images: number;
  readonly learningRate: number;
  readonly steps: number;
}

export interface Values {
  /** Mean squared error on unseen images of each kind, over the variance of Sobel's feature. */
  readonly digitsError: number;
  readonly noiseError: number;
  /** Of |W|²: how much lies where Sobel's filter has its window, before training and after it. */
  readonly insideBefore: number;
  readonly inside: number;
  /** The weights of one feature in the middle, those around its window: 9×9, row by row. */
  readonly weights: readonly number[];
}

type Done = Measurement<Options, Values>;

export const finalName = (layer: string, kind: string, images: number): string =>
  `${layer}, ${images.toLocaleString("en-US")} images of ${kind}`;

/** What is trained with what. */
const lines = LAYERS.flatMap((layer) => pictures.map((kind) => ({ layer, kind })));
type Line = (typeof lines)[number];

function runsOf(measured: readonly Done[], { layer, kind }: Line, images: number): Values[] {
  return ofSetting(measured, finalName(layer, kind, images)).map(({ values }) => values);
}

function countsOf(measured: readonly Done[]): number[] {
  const finals = measured.filter(({ options }) => options.stage === "final");
  return [...new Set(finals.map(({ options }) => options.images))];
}

/** On unseen pictures of the kind that was trained with. */
const ownError = ({ kind }: Line, values: Values): number =>
  kind === "digits" ? values.digitsError : values.noiseError;
const otherError = ({ kind }: Line, values: Values): number =>
  kind === "digits" ? values.noiseError : values.digitsError;

export function findings(measured: readonly Done[]): Findings {
  return {
    tables: [errorTable(measured), rateTable(measured)],
    figures: [
      chart(measured, {
        ...{ file: "error.svg", title: "Error on unseen pictures of the same kind" },
        y: { label: "error, in variances of the feature", scale: "log" },
        value: ownError,
      }),
      chart(measured, {
        ...{ file: "window.svg", title: "Share of |W|² inside the window" },
        y: { label: "inside the 3×3 window", format: "percent" },
        value: (_, values) => values.inside,
      }),
      weightPictures(measured),
    ],
  };
}

function errorTable(measured: readonly Done[]): Table {
  return {
    caption:
      "Mean squared error on 1,000 unseen pictures of the same kind and of the other kind, in " +
      "variances of the feature, and the share of |W|² inside the 3×3 windows: means over the " +
      "seeds with Student's intervals at 95 %.",
    head: ["layer, pictures", "images", "error", "on the other kind", "inside"],
    rows: lines.flatMap((line) =>
      countsOf(measured).map((images) => {
        const runs = runsOf(measured, line, images);
        const numbers = (of: (line: Line, values: Values) => number): string => {
          const { mean, low, high } = summaryOf(runs.map((values) => of(line, values)));
          return `${formatNumber(mean)} [${formatNumber(Math.max(low, 0))}, ${formatNumber(high)}]`;
        };
        return [
          `${line.layer}, ${line.kind}`,
          images.toLocaleString("en-US"),
          numbers(ownError),
          numbers(otherError),
          shareWithInterval(runs.map(({ inside }) => inside)),
        ];
      }),
    ),
  };
}

function rateTable(measured: readonly Done[]): Table {
  return {
    caption: "Rates that other images chose.",
    head: ["layer, pictures", "rate"],
    rows: lines.map(({ layer, kind }) => [
      `${layer}, ${kind}`,
      `${bestRate(measured, layer, kind)}`,
    ]),
  };
}

function chart(
  measured: readonly Done[],
  {
    file,
    title,
    y,
    value,
  }: Pick<Figure, "file"> & {
    readonly title: string;
    readonly y: Axis;
    readonly value: (line: Line, values: Values) => number;
  },
): Figure {
  const counts = countsOf(measured);
  const series = lines.map((line) => {
    const columns = counts.map((images) => runsOf(measured, line, images));
    const runs = columns[0]!.map((_, seed) => columns.map((column) => value(line, column[seed]!)));
    return runsSeries(`${line.layer}, ${line.kind}`, counts, runs);
  });
  return {
    file,
    alt: `${title}, by the number of training pictures: a line for each layer and kind.`,
    svg: lineChart({
      ...{ title, width: CHART_WIDTH, y, series },
      description: "A line for each layer and kind of picture, and a thin one for each seed.",
      x: { label: "training pictures", scale: "log" },
    }),
  };
}

/** With the most images and the first seed. */
function weightPictures(measured: readonly Done[]): Figure {
  const images = Math.max(...countsOf(measured));
  const shown = lines.map((line) => ({
    caption: `${line.layer}, ${line.kind}`,
    shape: [9, 9],
    values: runsOf(measured, line, images)[0]!.weights,
  }));
  return {
    file: "weights.svg",
    alt: "The weights around the window of a feature in the middle; Sobel's filter in its centre.",
    svg: drawPictures({
      title: "Weights around the window of one feature",
      description: "Nine by nine weights; those of the window are in the middle.",
      ...{ width: 520, size: 110, kind: "signed", pictures: shown },
    }),
  };
}

/** Why the pixels that no digit reaches do not count for much. */
const WEAK_START =
  ", because weights of pixels that are always black, which nothing changes, are no larger than " +
  "the 1/28 up to which they were drawn, and Sobel's are 1 and 2";

export function verdict(measured: readonly Done[]): Verdict {
  const counts = countsOf(measured);
  const [fewest, most] = [counts[0]!, counts.at(-1)!];
  const mean = (line: Line, images: number, of: (line: Line, values: Values) => number): number =>
    meanOf(runsOf(measured, line, images).map((values) => of(line, values)));
  const inside = (line: Line, images: number): number =>
    mean(line, images, (_, values) => values.inside);
  const [digits, noisy] = pictures.map((kind): Line => ({ layer: "affine", kind }));
  const convolution: Line = { layer: "convolution", kind: "digits" };
  const written = (images: number): string => images.toLocaleString("en-US");
  const byCount = (line: Line): string =>
    counts
      .map((images) => `${formatNumber(mean(line, images, ownError), 2)} with ${written(images)}`)
      .join(", ");
  const small = mean(convolution, fewest, ownError);
  const outside = mean(digits!, most, otherError);
  const isFilter = inside(digits!, most) >= 0.5;
  return {
    shows:
      `A convolution's error is ${formatNumber(small, 2)} with ${written(fewest)} digits ` +
      `(below 1e-4: ${expectedOrNot(small < 1e-4)}). The affine layer's on new noise is ` +
      `${byCount(noisy!)} pictures (with 500, 2,500, 12,500, expected were 1, 0.2, 0.05), and ` +
      `then ${percent(inside(noisy!, most), 1)} of |W|² lie in the window. On new digits it is ` +
      `${byCount(digits!)} of them (with 2,500, expected was 0.05), and then ` +
      `${percent(inside(digits!, most), 0)} lie in the window (less than half: ` +
      `${expectedOrNot(!isFilter)}${isFilter ? WEAK_START : ""}). On noise that layer's error is ` +
      `${formatNumber(outside, 2)} (above 1: ${expectedOrNot(outside > 1)}): it says Sobel's ` +
      "feature of a digit, but it has not become the filter, which does so of any picture.",
    doesNotShow:
      "That such a feature would come out in a classifier, where nobody shows the layer what it " +
      "ought to be: this is the easiest case, and a convex one. In 1,000 steps no layer has " +
      "come to its optimum; with as many steps as one likes, noise would be enough as soon as " +
      "there are more pictures than the 785 unknowns of a feature. And |W|² counts weights of " +
      "pixels that are always black, which no digit can change from what they were drawn as.",
  };
}

export function bestRate(done: readonly Done[], layer: string, kind: string): number {
  const error = ({ values }: Done): number =>
    kind === "digits" ? values.digitsError : values.noiseError;
  const tried = done.filter(
    ({ options }) =>
      options.stage === "search" && options.layer === layer && options.pictures === kind,
  );
  return tried.reduce((best, one) => (error(one) < error(best) ? one : best)).options.learningRate;
}
