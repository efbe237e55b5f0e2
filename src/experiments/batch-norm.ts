/** How much batch normalisation forgives: wrong initial weights, and wrong rates. */
import { intervalChart, matrixChart } from "../figures/index.js";
import { affine, batchNorm1d, relu } from "../network/index.js";
import { type MeanInterval, meanOf } from "../statistics/index.js";
import { sgd } from "../training/index.js";
import { GUESS } from "./at-the-end.js";
import { heTimes } from "./deviation.js";
import { drawnExamples } from "./drawn-examples.js";
import { asExpected } from "./expected.js";
import {
  CHART_WIDTH,
  experiment,
  type Figure,
  type Measurement,
  seedsUpTo,
  type Table,
  type Unit,
  type Verdict,
} from "./experiment.js";
import { fullyConnected } from "./fully-connected.js";
import type { Scale } from "./laboratory.js";
import { pairedBySeed, pointsOrDash, type Reached, rowOfRuns, shareOfRuns } from "./many-runs.js";
import { trainClassifier } from "./train-classifier.js";
import { percent } from "./words.js";

const WITH = "with batch normalisation";
const WITHOUT = "without";
const HIDDEN = [64, 64, 64, 64];
const BATCH = 64;

interface Options {
  readonly isNormalised: boolean;
  /** What the weights that He's rule draws are multiplied by. */
  readonly factor: number;
  readonly learningRate: number;
  readonly images: number;
}

interface Values {
  /** After one epoch; null where the loss was lost before. */
  readonly testAccuracy: number | null;
  readonly stopped: string | null;
}

interface Size {
  readonly seeds: number;
  readonly images: number;
  readonly factors: readonly number[];
  readonly rates: readonly number[];
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: {
    ...{ seeds: 5, images: 20_000 },
    factors: [0.01, 0.1, 0.3, 1, 3, 10],
    rates: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
  },
  quick: { seeds: 2, images: 3_000, factors: [0.1, 1, 10], rates: [0.03, 0.3] },
  tiny: { seeds: 1, images: 64, factors: [1], rates: [0.1] },
};

export const batchNorm = experiment<Options, Values>({
  name: "batch-norm",
  question:
    "What does batch normalisation buy: a better network, or one that forgives wrong initial " +
    "weights and wrong rates?",
  prediction:
    "It forgives. At the best rate and He's weights both reach 94 to 96 % after an epoch, the " +
    "normalised one less than two points more. Off the best place the plain network falls to " +
    "chance: at a tenth of He's deviation or ten times it, and at rates of 1 and more. With " +
    "normalisation four fifths of the grid reach 80 % against a third without: the factor hardly " +
    "matters upward, since what follows is divided by its deviation; large weights only make the " +
    "steps relatively small, so high factors want high rates. Rates up to 1 work.",
  method:
    "Fully connected, four hidden layers of 64 with relu; batch normalisation between the affine " +
    "layer and its relu, or nothing. Weights are those that He's rule draws, times a factor; " +
    "biases start at 0. One epoch of 20,000 images in batches of 64, SGD without momentum. Every " +
    "pair of 6 factors and 7 rates, 5 seeds, all test images. A run whose loss was no longer " +
    "finite counts as one that guesses, 10 %. Differences are paired by seed, with Student's " +
    "interval at 95 %.",
  units(_done, scale) {
    const { seeds, images, factors, rates } = sizes[scale];
    return [false, true].flatMap((isNormalised) =>
      factors.flatMap((factor) =>
        rates.flatMap((learningRate) =>
          seedsUpTo(seeds).map(
            (seed): Unit<Options> => ({
              setting: settingName(isNormalised, factor, learningRate),
              seed,
              options: { isNormalised, factor, learningRate, images },
            }),
          ),
        ),
      ),
    );
  },
  async measure({ seed, options }, laboratory) {
    const { isNormalised, factor, learningRate, images } = options;
    const { curves } = await trainClassifier(
      {
        network: fullyConnected(HIDDEN, (outFeatures, i) => ({
          [`affine${i}`]: affine({ outFeatures }),
          ...(isNormalised && { [`norm${i}`]: batchNorm1d() }),
          [`relu${i}`]: relu(),
        })),
        ...drawnExamples(images, false, seed, laboratory),
        optimizer: sgd({ learningRate }),
        ...{ epochs: 1, batchSize: BATCH, initialiser: heTimes(factor) },
      },
      seed,
      laboratory,
    );
    const { testAccuracy, stopped } = curves;
    return { testAccuracy: testAccuracy[0] ?? null, stopped };
  },
  findings: (measured) => ({
    tables: [gridTable(measured)],
    figures: [...KINDS.map((kind) => gridFigure(measured, kind)), seedsFigure(measured)],
  }),
  verdict,
});

type Done = Measurement<Options, Values>;
type Kind = typeof WITH | typeof WITHOUT;

const KINDS: readonly Kind[] = [WITHOUT, WITH];
/** A run that gets here has learned. */
const LEARNED = 0.8;

function reached({ values }: Done): number {
  return values.testAccuracy ?? GUESS;
}

function ofKind(measured: readonly Done[], kind: Kind): Done[] {
  return measured.filter(({ options }) => options.isNormalised === (kind === WITH));
}

function valuesOf(measured: readonly Done[], name: "factor" | "learningRate"): number[] {
  return [...new Set(measured.map(({ options }) => options[name]))];
}

/** For each seed, what a kind's grid comes to: which share of its places learns, and the best. */
function bySeed(measured: readonly Done[], kind: Kind) {
  const runs = ofKind(measured, kind);
  return [...new Set(runs.map(({ seed }) => seed))].map((seed) => {
    const all = runs.filter((one) => one.seed === seed).map(reached);
    const share = all.filter((accuracy) => accuracy >= LEARNED).length / all.length;
    return { seed, share, best: Math.max(...all) };
  });
}

/** Paired by seed, how much more the normalised network has. */
function gain(measured: readonly Done[], what: "share" | "best"): MeanInterval | null {
  const [without, normalised] = KINDS.map((kind) =>
    bySeed(measured, kind).map((one): Reached => ({ seed: one.seed, reached: one[what] })),
  );
  return pairedBySeed(normalised!, without!);
}

const MEASURES = {
  share: `share of the grid that reaches ${100 * LEARNED} %`,
  best: "accuracy at the best place",
} as const;

function gridTable(measured: readonly Done[]): Table {
  return {
    caption:
      "What the grids come to, for each seed: means with Student's interval at 95 %, and what " +
      "normalisation adds, in percentage points, paired by seed.",
    head: ["", ...KINDS, "difference"],
    rows: (["share", "best"] as const).map((what) => [
      MEASURES[what],
      ...KINDS.map((kind) => shareOfRuns(bySeed(measured, kind).map((one) => one[what]))),
      pointsOrDash(gain(measured, what)),
    ]),
  };
}

function gridFigure(measured: readonly Done[], kind: Kind): Figure {
  const runs = ofKind(measured, kind);
  const [factors, rates] = [valuesOf(runs, "factor"), valuesOf(runs, "learningRate")];
  const mean = (factor: number, learningRate: number): number =>
    meanOf(
      runs
        .filter(({ options: o }) => o.factor === factor && o.learningRate === learningRate)
        .map(reached),
    );
  return {
    file: `${kind === WITH ? "with" : "without"}.svg`,
    alt: `Mean accuracy ${kind === WITH ? WITH : "without it"}: factors down, rates across.`,
    svg: matrixChart({
      title: kind === WITH ? "With batch normalisation" : "Without batch normalisation",
      description: "Mean test accuracy after one epoch, in per cent, for each factor and rate.",
      rows: { label: "factor of the initial weights", names: factors.map(String) },
      columns: { label: "learning rate", names: rates.map(String) },
      values: factors.map((factor) => rates.map((rate) => mean(factor, rate))),
      kind: "amount",
      format: (share) => `${Math.round(100 * share)}`,
    }),
  };
}

function seedsFigure(measured: readonly Done[]): Figure {
  return {
    file: "seeds.svg",
    alt: "For each seed, the share of the grid that learns, and the accuracy at the best place.",
    svg: intervalChart({
      title: "Each seed",
      description: "A dot for each seed, their mean and its 95 % interval.",
      width: CHART_WIDTH,
      x: { label: "share", format: "percent" },
      rows: (["share", "best"] as const).flatMap((what) =>
        KINDS.map((kind) =>
          rowOfRuns(
            `${MEASURES[what]}, ${kind}`,
            bySeed(measured, kind).map((one) => one[what]),
          ),
        ),
      ),
    }),
  };
}

function settingName(isNormalised: boolean, factor: number, learningRate: number): string {
  return `${isNormalised ? WITH : WITHOUT}, factor ${factor}, rate ${learningRate}`;
}

/** The highest rate at which the mean accuracy of some factor is that of a run that learns. */
function highestRate(measured: readonly Done[], kind: Kind): number | null {
  const runs = ofKind(measured, kind);
  const learns = (rate: number): boolean =>
    valuesOf(runs, "factor").some((factor) => {
      const own = runs.filter(
        ({ options }) => options.factor === factor && options.learningRate === rate,
      );
      return meanOf(own.map(reached)) >= LEARNED;
    });
  const rates = valuesOf(runs, "learningRate").filter(learns);
  return rates.length === 0 ? null : Math.max(...rates);
}

function verdict(measured: readonly Done[]): Verdict {
  const [plain, normalised] = [WITHOUT, WITH].map((kind) => ({
    share: meanOf(bySeed(measured, kind as Kind).map(({ share }) => share)),
    rate: highestRate(measured, kind as Kind),
  })) as [Summary, Summary];
  const best = gain(measured, "best");
  const isSmall = best !== null && Math.abs(best.mean) < 0.02;
  const forgives = normalised.share > 0.7 && plain.share < 0.5;
  return {
    shows:
      `With normalisation ${percent(normalised.share, 0)} of the grid reach ${100 * LEARNED} %, ` +
      `without it ${percent(plain.share, 0)}; four fifths and a third were expected. It ` +
      `${forgives ? "forgives" : "does not forgive so much"}${asExpected(forgives)}. Some factor ` +
      `learns at rates up to ${normalised.rate ?? "none of these"} with it and up to ` +
      `${plain.rate ?? "none of these"} without. Where each is at its best, it is worth ` +
      `${pointsOrDash(best)} points${asExpected(isSmall)}.`,
    doesNotShow:
      "Why: that a smaller “covariate shift” is the reason is disputed, and nothing of it was " +
      "measured. What it does after more than one epoch, in a convolutional network, with small " +
      "batches, or beside Adam, which forgives wrong sizes too. The best place of each seed is " +
      "the highest of the grid by the test images, so it is a little too good in both.",
  };
}

interface Summary {
  readonly share: number;
  readonly rate: number | null;
}
