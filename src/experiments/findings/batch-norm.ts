/** What came of batch-norm: grids of factors and rates, and how much of each learns. */
import { intervalChart, matrixChart } from "../../figures/index.js";
import { type MeanInterval, meanOf } from "../../statistics/index.js";
import {
  CHART_WIDTH,
  type Figure,
  type Findings,
  type Measurement,
  type Table,
  type Verdict,
} from "../experiment.js";
import { GUESS } from "../parts/at-the-end.js";
import { type Claim, sortedClaims } from "../parts/expected.js";
import {
  pairedBySeed,
  pointsOrDash,
  type Reached,
  rowOfRuns,
  shareOfRuns,
} from "../parts/many-runs.js";
import { percent, size } from "../parts/words.js";

export const WITH = "with batch normalisation";
export const WITHOUT = "without";

export interface Options {
  readonly isNormalised: boolean;
  /** What the weights that He's rule draws are multiplied by. */
  readonly factor: number;
  readonly learningRate: number;
  readonly images: number;
}

export interface Values {
  /** After one epoch; null where the loss was lost before. */
  readonly testAccuracy: number | null;
  readonly stopped: string | null;
}

type Done = Measurement<Options, Values>;

export function findings(measured: readonly Done[]): Findings {
  return {
    tables: [gridTable(measured)],
    figures: [...KINDS.map((kind) => gridFigure(measured, kind)), seedsFigure(measured)],
  };
}
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
  share: `share that reaches ${100 * LEARNED} %`,
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
  const places = placesOf(measured, kind);
  const [factors, rates] = [valuesOf(measured, "factor"), valuesOf(measured, "learningRate")];
  return {
    file: `${kind === WITH ? "with" : "without"}.svg`,
    alt: `Mean accuracy ${kind === WITH ? WITH : "without it"}: factors down, rates across.`,
    svg: matrixChart({
      title: kind === WITH ? "With batch normalisation" : "Without batch normalisation",
      description: "Mean test accuracy after one epoch, in per cent, for each factor and rate.",
      rows: { label: "factor of the initial weights", names: factors.map(String) },
      columns: { label: "learning rate", names: rates.map(String) },
      values: factors.map((factor) =>
        places.filter((place) => place.factor === factor).map(({ mean }) => mean),
      ),
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

/** Mean accuracies of a kind's grid, for each rate and factor. */
function placesOf(measured: readonly Done[], kind: Kind): readonly Place[] {
  const runs = ofKind(measured, kind);
  return valuesOf(runs, "factor").flatMap((factor) =>
    valuesOf(runs, "learningRate").map((rate) => {
      const own = runs.filter(({ options }) => isAt(options, factor, rate));
      return { factor, rate, mean: meanOf(own.map(reached)) };
    }),
  );
}

interface Place {
  readonly factor: number;
  readonly rate: number;
  /** Of the accuracies of all seeds. */
  readonly mean: number;
}

function isAt(options: Options, factor: number, rate: number): boolean {
  return options.factor === factor && options.learningRate === rate;
}

function bestOf(places: readonly Place[]): Place {
  return places.reduce((best, one) => (one.mean > best.mean ? one : best));
}

export function verdict(measured: readonly Done[]): Verdict {
  return {
    shows:
      `${answer(measured)} ` +
      sortedClaims([
        ...claimsOfTheBest(measured),
        ...claimsOfShares(measured),
        ...claimsOfFactors(measured),
      ]),
    doesNotShow:
      "Why: that a smaller “covariate shift” is the reason is disputed, and nothing of it was " +
      "measured. What it does after more than one epoch, in a convolutional network, with small " +
      "batches, or beside Adam, which forgives wrong sizes too. The best place of each seed is " +
      "the highest of the grid by the test images, so it is a little too good in both.",
  };
}

function answer(measured: readonly Done[]): string {
  const [share, best] = (["share", "best"] as const).map((what) => gain(measured, what));
  const grows = (difference: MeanInterval | null): boolean => (difference?.low ?? 0) > 0;
  return (
    `Normalisation ${grows(share!) ? "forgives" : "does not forgive"}: the share of the grid ` +
    `that reaches ${100 * LEARNED} % differs by ${pointsOrDash(share!)}. The network at its best ` +
    `${grows(best!) ? "is better, too" : "is not better"}: by ${pointsOrDash(best!)}.`
  );
}

/** Where each network is at its best: with He's weights, and anywhere in the grid. */
function claimsOfTheBest(measured: readonly Done[]): Claim[] {
  const withHe = KINDS.map((kind) =>
    bestOf(placesOf(measured, kind).filter(({ factor }) => factor === 1)),
  );
  const named = withHe.map(({ mean, rate }, i) => `${percent(mean, 1)} ${KINDS[i]} (rate ${rate})`);
  const best = gain(measured, "best");
  return [
    {
      text: `with He's weights and the best rate, ${named.join(", ")} (94 to 96 % both)`,
      holds: withHe.every(({ mean }) => mean >= 0.94 && mean <= 0.96),
    },
    {
      text: `the gain at the best place is ${best === null ? "–" : size(best)} (below 2)`,
      holds: best !== null && best.mean < 0.02,
    },
  ];
}

/** How much of the grid learns. */
function claimsOfShares(measured: readonly Done[]): Claim[] {
  const [plain, normalised] = KINDS.map((kind) =>
    meanOf(bySeed(measured, kind).map(({ share }) => share)),
  ) as [number, number];
  const learning = placesOf(measured, WITH).filter(({ mean }) => mean >= LEARNED);
  const highest = Math.max(...learning.map(({ rate }) => rate));
  return [
    {
      text: `${percent(normalised, 0)} of the grid reach it with normalisation (four fifths)`,
      holds: Math.abs(normalised - 0.8) < 0.1,
    },
    {
      text: `${percent(plain, 0)} without (a third)`,
      holds: Math.abs(plain - 1 / 3) < 0.1,
    },
    {
      text:
        learning.length === 0
          ? "no rate learns with normalisation (up to 1)"
          : `with normalisation some factor learns at rates up to ${highest} (up to 1)`,
      holds: highest === 1,
    },
  ];
}

/** What wrong factors and rates do. */
function claimsOfFactors(measured: readonly Done[]): Claim[] {
  const [plain, normalised] = KINDS.map((kind) => placesOf(measured, kind));
  const factors = valuesOf(measured, "factor");
  const far = plain!.filter(({ factor, rate }) => factor === 0.1 || factor === 10 || rate >= 1);
  const farthest = bestOf(far.length > 0 ? far : plain!);
  const bests = factors.map((factor) =>
    bestOf(normalised!.filter((place) => place.factor === factor)),
  );
  const upward = bests.filter(({ factor }) => factor >= 1);
  const [least, most] = [Math.min, Math.max].map((of) => of(...upward.map(({ mean }) => mean)));
  const rates = upward.map(({ factor, rate }) => `${rate} for ${factor}`);
  return [
    {
      text:
        "at a tenth or ten times He's deviation, or at rates from 1 on, the plain network comes " +
        `to ${percent(farthest.mean, 0)} at most (chance), at factor ${farthest.factor}, rate ` +
        `${farthest.rate}`,
      holds: farthest.mean < 0.2,
    },
    {
      text:
        `with normalisation and each factor's best rate, factors from 1 on reach ` +
        `${percent(least!, 1)} to ${percent(most!, 1)} (hardly matters)`,
      holds: most! - least! < 0.02,
    },
    {
      text: `those rates are ${rates.join(", ")} (the higher the factor, the higher the rate)`,
      holds: upward.every(({ rate }, i) => i === 0 || rate >= upward[i - 1]!.rate),
    },
  ];
}
