/** What held the notes' network near 90 %: the third of the data, the decay, or something else. */
import { intervalChart, lineChart, type Point } from "../figures/index.js";
import { notebookDescription } from "../network/index.js";
import type { MeanInterval } from "../statistics/index.js";
import { adam, adamW } from "../training/index.js";
import { drawnExamples } from "./parts/drawn-examples.js";
import { asExpected, expectedOrNot } from "./parts/expected.js";
import {
  CHART_WIDTH,
  experiment,
  type Figure,
  type Measurement,
  ofSetting,
  seedsUpTo,
  type Table,
  type Unit,
  type Verdict,
} from "./experiment.js";
import type { Scale } from "./laboratory.js";
import {
  pairedBySeed,
  pointsOrDash,
  type Reached,
  rowOfRuns,
  seriesOfRuns,
  shareOfRuns,
} from "./parts/many-runs.js";
import { trainClassifier } from "./parts/train-classifier.js";
import { points, size } from "./parts/words.js";

/** What the notes chose, and one change each. */
const choices = {
  notes: "as in the notes",
  plain: "without decay",
  kept: "Adam kept from epoch to epoch",
  decoupled: "decoupled decay (AdamW)",
  shuffled: "shuffled in each epoch",
  all: "all 60,000 images",
  allPlain: "all 60,000 images, without decay",
} as const;

interface Options {
  readonly images: number;
  readonly epochs: number;
  readonly weightDecay: number;
  readonly isDecoupled: boolean;
  readonly freshOptimizer: boolean;
  readonly shuffle: boolean;
}

/** Accuracies after each epoch. */
interface Values {
  readonly trainAccuracy: readonly number[];
  readonly testAccuracy: readonly number[];
}

interface Size {
  readonly seeds: number;
  /** The notes' third of the data, and all of it. */
  readonly images: readonly [part: number, all: number];
  readonly epochs: readonly [part: number, all: number];
}

/** 12 epochs of a third are as many steps as 4 of all; after 6, both have had as many epochs. */
const sizes: Readonly<Record<Scale, Size>> = {
  full: { seeds: 5, images: [20_000, 60_000], epochs: [12, 6] },
  quick: { seeds: 2, images: [4_000, 12_000], epochs: [3, 1] },
  tiny: { seeds: 1, images: [300, 900], epochs: [3, 1] },
};

export const thirdOfTheData = experiment<Options, Values>({
  name: "third-of-the-data",
  question:
    "“Though the training set was cut to a third, 90 % is good, I think.” Is it the third of the " +
    "data that keeps the notes' network at 90 %, or the weight decay, or another of their choices?",
  prediction:
    "It is the decay. Without it, the same 20,000 images give about 98 % after 12 epochs, seven " +
    "points more; three times the images with the decay give less than one point more, after as " +
    "many epochs or as many steps. Without decay the images are worth about half a point. Of the " +
    "other choices only AdamW changes much: its decay takes a ten-thousandth of the weights in a " +
    "step, next to nothing, so it comes within half a point of no decay at all. Shuffling and an " +
    "Adam that is kept change less than one point either way.",
  method:
    "The notes' recipe (20,000 images drawn once, in a fixed order; batches of 256; Adam 1e-3 " +
    "with decay 0.1 added to the gradient, built anew in each epoch; 12 epochs), and one change " +
    "at a time: no decay, AdamW with the same 0.1, Adam kept, shuffled. All 60,000 images with " +
    "the decay and without, for 6 epochs: after 4 of them there were as many steps as in 12 " +
    "epochs of 20,000, and after 6 as many epochs as in the first half of those. 5 seeds, which " +
    "decide weights and images alike in all settings; differences to the notes' recipe are " +
    "paired by seed, with Student's interval at 95 %. All test images. A run that ends below 20 " +
    "% never left chance, and is counted apart.",
  units(_done, scale) {
    const { seeds, images, epochs } = sizes[scale];
    const [part, all] = [0, 1].map((i) => ({ images: images[i]!, epochs: epochs[i]! }));
    const notes = {
      ...{ ...part!, weightDecay: 0.1, isDecoupled: false },
      ...{ freshOptimizer: true, shuffle: false },
    };
    const changed: Readonly<Record<keyof typeof choices, Options>> = {
      notes,
      plain: { ...notes, weightDecay: 0 },
      kept: { ...notes, freshOptimizer: false },
      decoupled: { ...notes, isDecoupled: true },
      shuffled: { ...notes, shuffle: true },
      all: { ...notes, ...all },
      allPlain: { ...notes, ...all, weightDecay: 0 },
    };
    return Object.entries(changed).flatMap(([choice, options]) =>
      seedsUpTo(seeds).map(
        (seed): Unit<Options> => ({
          setting: choices[choice as keyof typeof choices],
          seed,
          options,
        }),
      ),
    );
  },
  async measure({ seed, options }, laboratory) {
    const { images, epochs, weightDecay, isDecoupled, freshOptimizer, shuffle } = options;
    const describe = isDecoupled ? adamW : adam;
    const { curves } = await trainClassifier(
      {
        network: notebookDescription,
        ...drawnExamples(images, false, seed, laboratory),
        optimizer: describe({ learningRate: 1e-3, weightDecay }),
        ...{ epochs, batchSize: 256, shuffle, freshOptimizer },
      },
      seed,
      laboratory,
    );
    const { trainAccuracy, testAccuracy } = curves;
    return { trainAccuracy, testAccuracy };
  },
  findings: (measured) => ({
    tables: [choicesTable(measured), dataOrDecay(measured)],
    figures: [choicesFigure(measured), curvesFigure(measured)].filter((one) => one !== null),
  }),
  verdict,
});

type Done = Measurement<Options, Values>;

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

function verdict(measured: readonly Done[]): Verdict {
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
