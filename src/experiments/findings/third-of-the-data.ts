/** What came of third-of-the-data: what each of the notes' choices costs. */
import { intervalChart, lineChart, type Point } from "../../figures/index.js";
import type { MeanInterval } from "../../statistics/index.js";
import {
  CHART_WIDTH,
  type Figure,
  type Findings,
  type Measurement,
  ofSetting,
  type Table,
  type Verdict,
} from "../experiment.js";
import { asExpected, expectedOrNot } from "../parts/expected.js";
import {
  pairedBySeed,
  pointsOrDash,
  type Reached,
  rowOfRuns,
  seriesOfRuns,
  shareOfRuns,
} from "../parts/many-runs.js";
import { points, size } from "../parts/words.js";

/** What the notes chose, and one change each. */
export const choices = {
  notes: "as in the notes",
  plain: "without decay",
  kept: "Adam kept from epoch to epoch",
  decoupled: "decoupled decay (AdamW)",
  shuffled: "shuffled in each epoch",
  all: "all 60,000 images",
  allPlain: "all 60,000 images, without decay",
} as const;

export interface Options {
  readonly images: number;
  readonly epochs: number;
  readonly weightDecay: number;
  readonly isDecoupled: boolean;
  readonly freshOptimizer: boolean;
  readonly shuffle: boolean;
}

/** Accuracies after each epoch. */
export interface Values {
  readonly trainAccuracy: readonly number[];
  readonly testAccuracy: readonly number[];
}

type Done = Measurement<Options, Values>;

export function findings(measured: readonly Done[]): Findings {
  return {
    tables: [choicesTable(measured), dataOrDecay(measured)],
    figures: [choicesFigure(measured), curvesFigure(measured)].filter((one) => one !== null),
  };
}

/** A run that guesses no better than this in the end has never left chance, which is 0.1. */
const CHANCE = 0.2;

/** Those that learned at all; the others say nothing of how well. */
function learned(measured: readonly Done[], setting: string): Done[] {
  return ofSetting(measured, setting).filter(({ values }) => values.testAccuracy.at(-1)! >= CHANCE);
}

function reachedAfter(epochs: number, measured: readonly Done[], setting: string): Reached[] {
  return learned(measured, setting).map(({ seed, values }) => ({
    seed,
    reached: values.testAccuracy[epochs - 1]!,
  }));
}

/** Epochs of the notes' third, and of all images, that are compared. */
interface Moment {
  readonly name: string;
  readonly part: number;
  readonly all: number;
}

/** As many steps: the third's last epoch. As many epochs: the last one of all images. */
function momentsOf(measured: readonly Done[]): readonly [sameSteps: Moment, sameEpochs: Moment] {
  const [part, all] = [choices.notes, choices.all].map(
    (setting) => measured.find((one) => one.setting === setting)!.options,
  ) as [Options, Options];
  const sameSteps = Math.round((part.epochs * part.images) / all.images);
  const sameEpochs = Math.min(part.epochs, all.epochs);
  return [
    {
      name: "as many steps",
      ...{ part: part.epochs, all: Math.min(Math.max(1, sameSteps), all.epochs) },
    },
    { name: "as many epochs", part: sameEpochs, all: sameEpochs },
  ];
}

/** Every choice, when all have had as many steps. */
function atSameSteps(measured: readonly Done[]) {
  const [sameSteps] = momentsOf(measured);
  return Object.values(choices).map((setting) => {
    const isAll = setting === choices.all || setting === choices.allPlain;
    const epochs = isAll ? sameSteps.all : sameSteps.part;
    return { setting, epochs, runs: reachedAfter(epochs, measured, setting) };
  });
}

function choicesTable(measured: readonly Done[]): Table {
  const rows = atSameSteps(measured);
  const [notes] = rows;
  return {
    caption:
      "Test accuracy after as many steps, with Student's interval at 95 %, and how much more " +
      "that is than as in the notes, in percentage points, paired by seed.",
    head: ["changed", "epochs", "accuracy", "difference", "never left chance"],
    rows: rows.map(({ setting, epochs, runs }) => [
      setting,
      `${epochs}`,
      shareOfRuns(runs.map(({ reached }) => reached)),
      setting === choices.notes ? "–" : pointsOrDash(pairedBySeed(runs, notes!.runs)),
      `${ofSetting(measured, setting).length - runs.length}`,
    ]),
  };
}

function dataOrDecay(measured: readonly Done[]): Table {
  const moments = momentsOf(measured);
  const rows = [
    { name: "decay 0.1", part: choices.notes, all: choices.all },
    { name: "no decay", part: choices.plain, all: choices.allPlain },
  ];
  return {
    caption:
      "What three times the images are worth: accuracy with all of them less that with a third, " +
      "in percentage points, paired by seed. In brackets, after how many epochs of all and of a " +
      "third.",
    head: ["", ...moments.map(({ name, part, all }) => `${name} (${all}, ${part})`)],
    rows: rows.map(({ name, part, all }) => [
      name,
      ...moments.map((moment) => pointsOrDash(worthOfData(measured, part, all, moment))),
    ]),
  };
}

function worthOfData(
  measured: readonly Done[],
  part: string,
  all: string,
  moment: Moment,
): MeanInterval | null {
  return pairedBySeed(
    reachedAfter(moment.all, measured, all),
    reachedAfter(moment.part, measured, part),
  );
}

function choicesFigure(measured: readonly Done[]): Figure | null {
  const rows = atSameSteps(measured).filter(({ runs }) => runs.length > 0);
  if (rows.length === 0) return null;
  return {
    file: "choices.svg",
    alt:
      "Test accuracy after as many steps: a row for each changed choice, a dot for each seed, " +
      "mean and interval.",
    svg: intervalChart({
      title: "One choice of the notes changed at a time",
      description: "Test accuracy, a dot for each seed, their mean and its 95 % interval.",
      width: CHART_WIDTH,
      x: { label: "test images classified right", format: "percent" },
      rows: rows.map(({ setting, runs }) =>
        rowOfRuns(
          setting,
          runs.map(({ reached }) => reached),
        ),
      ),
    }),
  };
}

function curvesFigure(measured: readonly Done[]): Figure | null {
  const shown = [choices.plain, choices.allPlain, choices.notes, choices.all].filter(
    (setting) => learned(measured, setting).length > 0,
  );
  if (shown.length === 0) return null;
  return {
    file: "curves.svg",
    alt:
      "Test accuracy by images trained with: a third and all of the data, with decay and " +
      "without; a thin line for each seed.",
    svg: lineChart({
      title: "The data or the decay",
      description: "Test accuracy after each epoch, a thin line for each seed and their mean.",
      width: CHART_WIDTH,
      x: { label: "images trained with" },
      y: { label: "test accuracy", format: "percent" },
      series: shown.map((setting) =>
        seriesOfRuns(setting, learned(measured, setting).map(curveOf)),
      ),
    }),
  };
}

function curveOf({ options: { images }, values }: Done): Point[] {
  return values.testAccuracy.map((accuracy, epoch): Point => [(epoch + 1) * images, accuracy]);
}

/** What a choice changes, after as many steps as the notes'. */
function changeBy(measured: readonly Done[], setting: string): MeanInterval | null {
  const [notes, changed] = [choices.notes, setting].map(
    (wanted) => atSameSteps(measured).find((one) => one.setting === wanted)!.runs,
  );
  return pairedBySeed(changed!, notes!);
}

/** A percentage point, and half of one. */
const [ONE, HALF] = [0.01, 0.005];

/** Whether a difference is known, and smaller than so much either way. */
function isWithin(difference: MeanInterval | null, most: number): boolean {
  return difference !== null && Math.abs(difference.mean) < most;
}

/** Which way an interval misses what was expected, if it does. */
function besideAmount({ low, high }: MeanInterval, amount: number): string {
  if (low <= amount && high >= amount) return expectedOrNot(true);
  return `${low > amount ? "more" : "less"} than was expected`;
}

/** How far the recipe without decay is above the notes': seven points were expected. */
function besideNotes(decay: MeanInterval): string {
  const side = decay.mean < 0 ? "lower" : "higher";
  return `, ${size(decay)} ${side} (${besideAmount(decay, 0.07)}: seven)`;
}

/** What three times the images are worth with the decay: less than one point was expected. */
function besideOneMore(difference: MeanInterval | null, when: string): string {
  if (difference === null) return "–";
  const { mean, low, high } = difference;
  const isLess = mean < ONE;
  const isSure = isLess ? high < ONE : low > ONE;
  const reach = isSure ? "" : `; the interval reaches ${isLess ? "above" : "below"} one`;
  const beside = `${expectedOrNot(isLess)}: less than one${reach}`;
  return `${points(difference)} after as many ${when} (${beside})`;
}

/** What they are worth without it: about half a point was expected. */
function besideHalf(difference: MeanInterval | null, when: string): string {
  if (difference === null) return "–";
  const how = besideAmount(difference, HALF);
  return `${points(difference)} after as many ${when} (${how}: about half a point)`;
}

/** What an Adam that is kept and shuffling change: less than one point either way was expected. */
function besideOneEitherWay(differences: readonly (MeanInterval | null)[]): string {
  const known = differences.filter((one) => one !== null);
  if (known.length === 0) return "";
  const isLess = known.every(({ mean }) => Math.abs(mean) < ONE);
  const isSure = known.every(({ low, high }) => low > -ONE && high < ONE);
  const unsure = isLess && !isSure ? "; the intervals do not exclude a little more" : "";
  const within = `${isLess ? "" : "not both "}within one point${asExpected(isLess)}`;
  return `: the means are ${within}${unsure}`;
}

export function verdict(measured: readonly Done[]): Verdict {
  const [sameSteps, sameEpochs] = momentsOf(measured);
  const worth = [sameSteps, sameEpochs].map((moment) => ({
    withDecay: worthOfData(measured, choices.notes, choices.all, moment),
    plain: worthOfData(measured, choices.plain, choices.allPlain, moment),
  }));
  const [steps, epochs] = worth as [(typeof worth)[0], (typeof worth)[0]];
  const [decay, kept, shuffled] = [choices.plain, choices.kept, choices.shuffled].map((setting) =>
    changeBy(measured, setting),
  ) as (MeanInterval | null)[];
  const most = Math.max(steps.withDecay?.mean ?? 0, epochs.withDecay?.mean ?? 0);
  const isDecay = decay != null && decay.mean > 2 * most;
  const [notes, plain, decoupled] = [choices.notes, choices.plain, choices.decoupled].map(
    (setting) => reachedAfter(sameSteps.part, measured, setting),
  ) as [Reached[], Reached[], Reached[]];
  const failed = measured.filter(({ values }) => values.testAccuracy.at(-1)! < CHANCE).length;
  const share = (runs: readonly Reached[]): string => shareOfRuns(runs.map((one) => one.reached));
  const higher = decay == null ? "" : besideNotes(decay);
  const likePlain = pairedBySeed(decoupled, plain);
  return {
    shows:
      `It ${isDecay ? "is" : "is not only"} the decay${asExpected(isDecay)}. The notes' recipe ` +
      `comes to ${share(notes)}, without the decay to ${share(plain)}${higher}. With the decay, ` +
      `three times the images are worth ${besideOneMore(steps.withDecay, "steps")} and ` +
      `${besideOneMore(epochs.withDecay, "epochs")}; without it, ` +
      `${besideHalf(steps.plain, "steps")} and ${besideHalf(epochs.plain, "epochs")}, all in ` +
      "percentage points. With the same 0.1 decoupled, accuracy less that without decay is " +
      `${pointsOrDash(likePlain)} (${expectedOrNot(isWithin(likePlain, HALF))}: less than half a ` +
      `point). An Adam that is kept changes ${pointsOrDash(kept!)}, shuffling ` +
      `${pointsOrDash(shuffled!)}${besideOneEitherWay([kept!, shuffled!])}. ${failed} of ` +
      `${measured.length} runs never left chance.`,
    doesNotShow:
      "Which decay is best: 0.1 and none were tried, nothing between. What more epochs or " +
      "another network would bring, or whether two changes together do what they do alone. After " +
      "as many epochs, the network that had all images has taken three times as many steps, so " +
      "there the images and the steps cannot be told apart.",
  };
}
