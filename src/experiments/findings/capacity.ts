/** What came of capacity: accuracy by the number of parameters, for both kinds of network. */
import { formatNumber, lineChart, type Point } from "../../figures/index.js";
import { meanInterval, meanOf } from "../../statistics/index.js";
import {
  CHART_WIDTH,
  type Figure,
  type Findings,
  type Measurement,
  ofSetting,
  type Table,
  type Verdict,
} from "../experiment.js";
import { atTheEnd } from "../parts/at-the-end.js";
import { asExpected, type Claim, sortedClaims } from "../parts/expected.js";
import { pairedBySeed, pointsOrDash, seriesOfRuns, shareOfRuns } from "../parts/many-runs.js";
import { counted, inPoints, percent } from "../parts/words.js";

export const kinds = ["mlp", "cnn"] as const;
export type Kind = (typeof kinds)[number];

export interface Options {
  readonly isSearch: boolean;
  readonly kind: Kind;
  /** Hidden units of the mlp, or filters of the cnn's first convolution. */
  readonly width: number;
  readonly learningRate: number;
  readonly images: number;
  readonly epochs: number;
}

export interface Values {
  readonly parameters: number;
  /** After each epoch. */
  readonly testAccuracy: readonly number[];
  readonly trainAccuracy: readonly number[];
  readonly stopped: string | null;
}

export function settingName(kind: Kind, width: number): string {
  return `${kind}, ${width} ${kind === "mlp" ? "hidden" : "filters"}`;
}

/** The same in a table. */
function labelOf(kind: Kind, width: number): string {
  return `${kind}, ${kind === "mlp" ? `${width} hidden` : counted(width, "filter")}`;
}

export type Done = Measurement<Options, Values>;

export function findings(measured: readonly Done[]): Findings {
  const finals = measured.filter(({ options }) => !options.isSearch);
  return { tables: [sizesTable(finals)], figures: [errorFigure(finals)] };
}

/** All sizes of a kind that were trained, from the smallest. */
function sizesOf(finals: readonly Done[], kind: Kind) {
  const own = finals.filter(({ options }) => options.kind === kind);
  return [...new Set(own.map(({ options }) => options.width))]
    .sort((a, b) => a - b)
    .map((width) => {
      const runs = ofSetting(own, settingName(kind, width));
      return { width, runs, parameters: runs[0]!.values.parameters };
    });
}

function sizesTable(finals: readonly Done[]): Table {
  return {
    caption:
      "Test accuracy after the epoch, with Student's interval at 95 %, the mean accuracy on the " +
      "training images during the epoch, and the rate that was found.",
    head: ["", "parameters", "accuracy", "while training", "rate"],
    rows: kinds.flatMap((kind) =>
      sizesOf(finals, kind).map(({ width, runs, parameters }) => [
        labelOf(kind, width),
        parameters.toLocaleString("en-US"),
        shareOfRuns(runs.map(({ values }) => atTheEnd(values))),
        shareOfRuns(runs.flatMap(({ values }) => values.trainAccuracy.at(-1) ?? [])),
        `${runs[0]!.options.learningRate}`,
      ]),
    ),
  };
}

function errorFigure(finals: readonly Done[]): Figure {
  const curves = (kind: Kind): Point[][] => {
    const sizesOfKind = sizesOf(finals, kind);
    return sizesOfKind[0]!.runs.map(({ seed }) =>
      sizesOfKind.flatMap(({ runs, parameters }): Point[] => {
        const run = runs.find((one) => one.seed === seed);
        return run === undefined ? [] : [[parameters, 1 - atTheEnd(run.values)]];
      }),
    );
  };
  return {
    file: "errors.svg",
    alt: "Errors by number of parameters, both on logarithmic axes: mlp and cnn, a line each.",
    svg: lineChart({
      title: "What parameters buy",
      description: "Share of test images misclassified; a thin line for each seed, and their mean.",
      width: CHART_WIDTH,
      x: { label: "parameters", scale: "log" },
      y: { label: "test images misclassified", scale: "log", format: "percent" },
      series: kinds.map((kind) => seriesOfRuns(kind, curves(kind))),
    }),
  };
}

/** Accuracies for which the smallest network is looked for. */
const GOALS = [0.9, 0.95, 0.97];

/** One size of network, trained with several seeds. */
interface Trained {
  readonly kind: Kind;
  readonly parameters: number;
  readonly runs: readonly { readonly seed: number; readonly reached: number }[];
  readonly mean: number;
}

export function verdict(measured: readonly Done[]): Verdict {
  const finals = measured.filter(({ options }) => !options.isSearch);
  const [mlps, cnns] = kinds.map((kind) =>
    sizesOf(finals, kind).map(({ parameters, runs }): Trained => {
      const reached = runs.map(({ seed, values }) => ({ seed, reached: atTheEnd(values) }));
      return { kind, parameters, runs: reached, mean: meanOf(reached.map((one) => one.reached)) };
    }),
  ) as [Trained[], Trained[]];
  const goals = GOALS.map((goal) => smallestTwo(cnns, mlps, goal));
  const comparable = cnns.filter((cnn) => mlps.some((one) => one.parameters <= cnn.parameters));
  const isAhead = comparable.every(({ parameters, mean }) =>
    mlps.every((one) => one.parameters > parameters || one.mean < mean),
  );
  const alone = cnns.filter((one) => !comparable.includes(one));
  const ends = (all: readonly Trained[]): string =>
    `${percent(all[0]!.mean, 1)} to ${percent(all.at(-1)!.mean, 1)}`;
  return {
    shows:
      `From the smallest to the largest, the mlp goes from ${ends(mlps)}, the cnn from ` +
      `${ends(cnns)}. Parameters of the smallest cnn and mlp that get ` +
      `there${stepsOf([mlps, cnns])}: for ${goals.join("; for ")}. ` +
      `${direct(cnns, mlps)}That no mlp of as many parameters or fewer ` +
      `is as good as a cnn ${isAhead ? "holds" : "does not hold"} wherever they can be ` +
      `compared${asExpected(isAhead)}` +
      `${alone.map((one) => `; no mlp is as small as ${count(one)}`).join("")}. ` +
      `${sortedClaims([...claimsOfSizes([...mlps, ...cnns]), ...claimsOfGrowth(cnns, mlps)])} ` +
      `The seed matters most for ${[mlps, cnns].map(widest).join(" and ")}.`,
    doesNotShow:
      "How good each becomes when it is trained to its end: one epoch is short for the large " +
      "ones, and asks what is learned fast. Only one shape of each kind was tried; a cnn's " +
      "parameters do more work each, since every filter is applied at hundreds of places, so as " +
      "many parameters are not as much computation.",
  };
}

const count = ({ parameters }: Trained): string => parameters.toLocaleString("en-US");

function firstTo(all: readonly Trained[], goal: number): Trained | undefined {
  return all.find(({ mean }) => mean >= goal);
}

/** Which is the smallest of each, and where one just misses it. */
function smallestTwo(cnns: readonly Trained[], mlps: readonly Trained[], goal: number): string {
  const found = [cnns, mlps].map((all) => firstTo(all, goal));
  const names = found.map((one, i) =>
    one === undefined ? `no ${["cnn", "mlp"][i]} that was tried` : count(one),
  );
  const close = [...cnns, ...mlps].filter(({ mean }) => mean < goal && goal - mean < 0.001);
  const said = close.map((one) => ` (${one.kind}, ${count(one)}: ${percent(one.mean)})`);
  const both = names.join(found.includes(undefined) ? ", and " : " and ");
  return `${percent(goal, 0)}, ${both}${said.join("")}`;
}

/** How much coarser a size is than what a threshold seems to tell. */
function stepsOf(all: readonly (readonly Trained[])[]): string {
  const steps = all.flatMap((sizesOfKind) =>
    sizesOfKind.slice(1).map((one, i) => one.parameters / sizesOfKind[i]!.parameters),
  );
  if (steps.length === 0) return "";
  const [least, most] = [Math.min(...steps), Math.max(...steps)];
  return `, of sizes in steps of a factor of ${least.toFixed(0)} to ${most.toFixed(0)}`;
}

/** The two that are the smallest to reach the second goal, with each other. */
function direct(cnns: readonly Trained[], mlps: readonly Trained[]): string {
  const [cnn, mlp] = [cnns, mlps].map((all) => firstTo(all, GOALS[1]!));
  if (cnn === undefined || mlp === undefined) return "";
  const difference = pointsOrDash(pairedBySeed(cnn.runs, mlp.runs));
  return (
    `Of those for ${percent(GOALS[1]!, 0)}, the cnn of ${count(cnn)} has ` +
    `${percent(cnn.mean)}, the mlp of ${count(mlp)} ${percent(mlp.mean)}: paired by ` +
    `seed, ${difference} points. `
  );
}

/** About how many parameters, and the accuracies from and to which they were expected to have. */
const EXPECTED: readonly (readonly [Kind, number, number, number])[] = [
  ["cnn", 528, 0.85, 0.9],
  ["mlp", 805, 0, 0.4],
  ["mlp", 6370, 0.9, 0.9],
  ["mlp", 25_450, 0.945, 0.945],
  ["mlp", 101_770, 0.968, 0.968],
  ["mlp", 500_860, 0.972, 0.972],
  ["cnn", 405_466, 0.985, 0.985],
];

/** A single number was met where Student's interval holds it. */
function claimsOfSizes(all: readonly Trained[]): Claim[] {
  return EXPECTED.flatMap(([kind, parameters, low, high]) => {
    const found = all.find((one) => one.kind === kind && one.parameters === parameters);
    if (found === undefined || found.runs.length < 2) return [];
    const interval = meanInterval(found.runs.map(({ reached }) => reached));
    const expected = [...new Set([low, high])].map((share) => `${formatNumber(100 * share)}`);
    const isWithin = found.mean >= low && found.mean <= high;
    return [
      {
        text: `${kind} ${count(found)}: ${percent(found.mean, 1)} (${expected.join(" to ")})`,
        holds: low < high ? isWithin : interval.low <= low && interval.high >= high,
      },
    ];
  });
}

function claimsOfGrowth(cnns: readonly Trained[], mlps: readonly Trained[]): Claim[] {
  const fallsBack = [mlps, cnns].some(
    (all) => Math.max(...all.map(({ mean }) => mean)) - all.at(-1)!.mean > 0.003,
  );
  const [cnn, mlp] = [cnns, mlps].map((all) => firstTo(all, 0.96));
  const last = cnns.at(-2) === undefined ? null : cnns.at(-1)!.mean - cnns.at(-2)!.mean;
  return [
    ...(cnn === undefined || mlp === undefined
      ? []
      : [
          {
            text:
              `for 96 % a cnn needs ${count(cnn)}, ` +
              `${formatNumber(cnn.parameters / mlp.parameters, 2)} of what an mlp needs ` +
              "(7,000; less than 0.1)",
            holds: cnn.parameters <= 7000 && cnn.parameters < mlp.parameters / 10,
          },
        ]),
    ...(last === null
      ? []
      : [
          {
            text: `the largest cnn gains ${inPoints(last, 2)} points on the next (< 0.3)`,
            holds: last < 0.003,
          },
        ]),
    {
      text: `${fallsBack ? "the largest is not the best" : "neither gets worse with size"}`,
      holds: !fallsBack,
    },
  ];
}

/** Where the runs of a kind are the farthest apart. */
function widest(all: readonly Trained[]): string {
  const ranges = all.map((one) => {
    const reached = one.runs.map((run) => run.reached);
    return { one, low: Math.min(...reached), high: Math.max(...reached) };
  });
  const { one, low, high } = ranges.reduce((a, b) => (b.high - b.low > a.high - a.low ? b : a));
  return `${one.kind} ${count(one)} (${percent(low, 1)} to ${percent(high, 1)})`;
}
