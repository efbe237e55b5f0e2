/** What came of optimizers: the rate of each, how fast it is, and how far it gets. */
import { formatNumber, intervalChart, lineChart, type Point } from "../../figures/index.js";
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
import { asExpected, type Claim, expectedOrNot, sortedClaims } from "../parts/expected.js";
import {
  medianOf,
  pairedBySeed,
  pointsOrDash,
  type Reached,
  rowOfRuns,
  seriesOfRuns,
  shareOfRuns,
} from "../parts/many-runs.js";
import { inPoints, percent } from "../parts/words.js";

export interface Options {
  readonly isSearch: boolean;
  readonly optimizer: Name;
  readonly learningRate: number;
  readonly images: number;
  readonly epochs: number;
}

export interface Values {
  /** Means over {@link STEPS_TO_A_POINT} steps each. */
  readonly losses: readonly number[];
  /** After each epoch. */
  readonly testAccuracy: readonly number[];
  readonly testLoss: readonly number[];
  readonly stopped: string | null;
}

/** An epoch of 20,000 images has 157 steps. */
export const STEPS_TO_A_POINT = 13;

type Done = Measurement<Options, Values>;

export function findings(measured: readonly Done[]): Findings {
  return {
    tables: [accuracyTable(measured)],
    figures: [lossFigure(measured), accuracyFigure(measured)].filter((one) => one !== null),
  };
}

export const NAMES = [
  "SGD",
  "momentum",
  "Nesterov",
  "AdaGrad",
  "RMSprop",
  "Adam",
  "AdamW",
] as const;
export type Name = (typeof NAMES)[number];
const COMPARED_WITH = "Adam";
/** A loss on the training images that is low enough to count the steps to it. */
const LOW = 0.3;

/** Those that reached the end. */
function finished(measured: readonly Done[], name: string): Done[] {
  return ofSetting(measured, name).filter(({ values }) => values.stopped === null);
}

function reachedBy(measured: readonly Done[], name: string): Reached[] {
  return finished(measured, name).map(({ seed, values }) => ({
    seed,
    reached: values.testAccuracy.at(-1)!,
  }));
}

/** How many steps until the mean loss of a point is low; null where it never is. */
function stepsToLow({ values: { losses } }: Done): number | null {
  const at = losses.findIndex((loss) => loss < LOW);
  return at < 0 ? null : (at + 1) * STEPS_TO_A_POINT;
}

function accuracyTable(measured: readonly Done[]): Table {
  const compared = reachedBy(measured, COMPARED_WITH);
  return {
    caption:
      `Rates that were found; steps until the training loss is below ${LOW}, from the fastest ` +
      "seed to the slowest; test accuracy after the first and the last epoch; and the " +
      `difference to ${COMPARED_WITH} in the end, in percentage points, paired by seed.`,
    head: ["", "rate", `steps to ${LOW}`, "first epoch", "last epoch", `less ${COMPARED_WITH}`],
    rows: NAMES.map((name) => {
      const runs = finished(measured, name);
      return [
        name,
        `${ofSetting(measured, name)[0]?.options.learningRate ?? "–"}`,
        rangeOf(runs.map(stepsToLow)),
        shareOfRuns(runs.map(({ values }) => values.testAccuracy[0]!)),
        shareOfRuns(runs.map(({ values }) => values.testAccuracy.at(-1)!)),
        name === COMPARED_WITH
          ? "–"
          : pointsOrDash(pairedBySeed(reachedBy(measured, name), compared)),
      ];
    }),
  };
}

function rangeOf(steps: readonly (number | null)[]): string {
  const known = steps.filter((one) => one !== null);
  if (known.length === 0) return "never";
  const range = `${Math.min(...known)} to ${Math.max(...known)}`;
  return known.length === steps.length ? range : `${range}, or never`;
}

function lossFigure(measured: readonly Done[]): Figure | null {
  const shown = NAMES.filter((name) => finished(measured, name)[0]?.values.losses.length);
  if (shown.length === 0) return null;
  return {
    file: "losses.svg",
    alt: "Training loss by step, a line for each optimizer and a thin one for each seed.",
    svg: lineChart({
      title: "Training loss by step",
      description:
        `Means over ${STEPS_TO_A_POINT} steps, a thin line for each seed, and their mean for ` +
        "each optimizer.",
      width: CHART_WIDTH,
      x: { label: "step" },
      y: { label: "loss in nats", scale: "log" },
      series: shown.map((name) => seriesOfRuns(name, finished(measured, name).map(lossCurve))),
    }),
  };
}

function lossCurve({ values: { losses } }: Done): Point[] {
  return losses.map((loss, i): Point => [(i + 1) * STEPS_TO_A_POINT, loss]);
}

function accuracyFigure(measured: readonly Done[]): Figure | null {
  const rows = NAMES.filter((name) => finished(measured, name).length > 0);
  if (rows.length === 0) return null;
  return {
    file: "accuracy.svg",
    alt: "Test accuracy in the end: a row for each optimizer, a dot for each seed.",
    svg: intervalChart({
      title: "Test accuracy in the end",
      description: "A dot for each seed, their mean and its 95 % interval.",
      width: CHART_WIDTH,
      x: { label: "test images classified right", format: "percent" },
      rows: rows.map((name) =>
        rowOfRuns(
          name,
          reachedBy(measured, name).map(({ reached }) => reached),
        ),
      ),
    }),
  };
}

interface Ranked {
  readonly name: string;
  readonly rate: number;
  readonly mean: number;
}

export function verdict(measured: readonly Done[]): Verdict {
  const ranked = NAMES.filter((name) => finished(measured, name).length > 0)
    .map(
      (name): Ranked => ({
        name,
        rate: finished(measured, name)[0]!.options.learningRate,
        mean: meanOf(reachedBy(measured, name).map(({ reached }) => reached)),
      }),
    )
    .sort((a, b) => b.mean - a.mean);
  return {
    shows:
      `${speeds(measured, ranked)}In the end, the best first: ` +
      `${ranked.map(({ name, mean }) => `${name} ${percent(mean)}`).join(", ")}. ` +
      `${sortedClaims([...claimsOfEnds(measured, ranked), ...claimsOfRates(ranked)])} ` +
      nesterovOrNot(measured),
    doesNotShow:
      "That one is better than another: each had one rate, found with one seed in steps of a " +
      "factor of 3, its other options were not searched, and no schedule was used, from which " +
      "plain descent gains most. Three epochs of a small network on an easy task are no " +
      "contest; the intervals are about seeds, not about tasks.",
  };
}

/** Who is fast in the beginning; nothing where no run is long enough for a point of its curve. */
function speeds(measured: readonly Done[], ranked: readonly Ranked[]): string {
  const isLong = ({ values }: Done): boolean => values.losses.length > 0;
  if (!ranked.every(({ name }) => finished(measured, name).every(isLong))) return "";
  const steps = (name: string): (number | null)[] => finished(measured, name).map(stepsToLow);
  const byTime = [...ranked].sort((a, b) => typical(steps(a.name)) - typical(steps(b.name)));
  const early = ({ name }: Ranked): number =>
    meanOf(finished(measured, name).map(({ values }) => meanOf(values.losses.slice(0, EARLY))));
  const last = [...ranked].sort((a, b) => early(b) - early(a))[0]!.name;
  return (
    `Steps to a training loss of ${LOW}: fastest is ${byTime[0]!.name} with ` +
    `${rangeOf(steps(byTime[0]!.name))}, slowest ${byTime.at(-1)!.name} with ` +
    `${rangeOf(steps(byTime.at(-1)!.name))}. In the first hundred steps ${last} lags the ` +
    `most${asExpected(last === "SGD")}. `
  );
}

/** A hundred steps, in points of a curve. */
const EARLY = Math.round(100 / STEPS_TO_A_POINT);

/** The median, where never is later than any step. */
function typical(steps: readonly (number | null)[]): number {
  return medianOf(steps.map((one) => one ?? Number.MAX_VALUE));
}

/** Of Nesterov's and the plain momentum nothing: they are compared with each other. */
function claimsOfEnds(measured: readonly Done[], ranked: readonly Ranked[]): Claim[] {
  const [best, worst] = [ranked[0]!, ranked.at(-1)!];
  const spread = best.mean - worst.mean;
  const ends = ranked.flatMap(({ name, mean }): Claim[] => {
    const expected = EXPECTED_ENDS[name];
    if (expected === undefined) return [];
    const [low, high, said] = expected;
    return [
      { text: `${name} ends at ${percent(mean)} (${said})`, holds: mean >= low && mean <= high },
    ];
  });
  const behind = pairedBySeed(reachedBy(measured, "AdaGrad"), reachedBy(measured, COMPARED_WITH));
  return [
    { text: `all are within ${inPoints(spread)} points (two)`, holds: spread < 0.02 },
    { text: `the last one is ${worst.name} (SGD)`, holds: worst.name === "SGD" },
    ...ends,
    ...(behind === null || behind.high - behind.low > WIDE
      ? []
      : [
          {
            text: `AdaGrad less ${COMPARED_WITH} is ${pointsOrDash(behind)} points (−0.5)`,
            holds: behind.low <= -0.005 && behind.high >= -0.005,
          },
        ]),
  ];
}

/** From, to, and in words. */
const EXPECTED_ENDS: Readonly<Record<string, readonly [number, number, string]>> = {
  SGD: [0.96, 0.97, "96 to 97"],
  RMSprop: [0.974, 0.982, "about 97.8"],
  Adam: [0.974, 0.982, "about 97.8"],
  AdamW: [0.974, 0.982, "about 97.8"],
};

const EXPECTED_RATES: Readonly<Record<string, readonly number[]>> = {
  SGD: [0.3],
  momentum: [0.03],
  Adam: [0.001, 0.003],
};

function claimsOfRates(ranked: readonly Ranked[]): Claim[] {
  const rates = ranked.map(({ rate }) => rate);
  const factor = Math.max(...rates) / Math.min(...rates);
  const own = ranked.flatMap(({ name, rate }): Claim[] => {
    const expected = EXPECTED_RATES[name];
    return expected === undefined
      ? []
      : [
          {
            text: `the rate of ${name} is ${rate} (${expected.join(" or ")})`,
            holds: expected.includes(rate),
          },
        ];
  });
  return [
    {
      text: `rates differ by a factor of ${formatNumber(factor)} (100)`,
      holds: Math.abs(factor / 100 - 1) < 0.5,
    },
    ...own,
  ];
}

/** An interval of more points than this tells nothing of what was expected. */
const WIDE = 0.02;

function nesterovOrNot(measured: readonly Done[]): string {
  const [nesterov, momentum] = [reachedBy(measured, "Nesterov"), reachedBy(measured, "momentum")];
  const difference = pairedBySeed(nesterov, momentum);
  if (difference === null) return "Nesterov's momentum and the plain one need more seeds.";
  const start = `Nesterov's momentum less the plain one is ${pointsOrDash(difference)} points, `;
  if (difference.high - difference.low > WIDE) {
    const pairs = nesterov.flatMap(({ seed, reached }) => {
      const other = momentum.find((one) => one.seed === seed);
      return other === undefined ? [] : [{ seed, reached, other: other.reached }];
    });
    const apart = (pair: (typeof pairs)[number]) => Math.abs(pair.reached - pair.other);
    const most = pairs.reduce((a, b) => (apart(b) > apart(a) ? b : a));
    return (
      `${start}too wide an interval to tell whether that is within what seeds change: with seed ` +
      `${most.seed} they reach ${percent(most.reached)} and ${percent(most.other)}.`
    );
  }
  const isSame = difference.low <= 0 && difference.high >= 0;
  return `${start}${isSame ? "within" : "more than"} what seeds change, ${expectedOrNot(isSame)}.`;
}
