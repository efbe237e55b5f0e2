/** What came of notebook: the runs that learn, those that fail, and what saves these. */
import { formatNumber, lineChart, type Point, type Series } from "../../figures/index.js";
import { proportionInterval } from "../../statistics/index.js";
import {
  CHART_WIDTH,
  type Figure,
  type Findings,
  type Measurement,
  ofSetting,
  settingsOf,
  type Table,
  type Verdict,
} from "../experiment.js";
import { asExpected } from "../parts/expected.js";
import type { Signal } from "../parts/fading.js";
import { counted, inPoints, percent, shareInterval, shareWithInterval } from "../parts/words.js";

export const NOTES = "as in the notes";
export const RECTIFIERS = ["relu1", "relu2", "relu3"];
/** What each of them has for an image: maps of as many channels, or features. */
const UNITS = [
  { count: 16, name: "channels" },
  { count: 32, name: "channels" },
  { count: 120, name: "features" },
];

/** A run that guesses no better than this has never left chance, which is 0.1. */
const CHANCE = 0.2;

export const WITHOUT_DECAY = "without weight decay";
export const LEAKY = "leaky rectifiers";

/** What the notes' own run printed; it was stopped in its thirteenth epoch. */
const PRINTED_TEST_ACCURACY = [
  0.773, 0.8483, 0.8645, 0.8704, 0.878, 0.8832, 0.8901, 0.8923, 0.8932, 0.8963, 0.9, 0.8979,
];

/** What a run is called that is looked at every few steps. */
export const FOLLOWED = "followed step by step";

export interface Options {
  /** Of what is changed; null for the recipe as it is. */
  readonly change: string | null;
  readonly epochs: number;
  readonly images: number;
}

export interface Values {
  readonly trainLoss: readonly number[];
  readonly trainAccuracy: readonly number[];
  readonly testLoss: readonly number[];
  readonly testAccuracy: readonly number[];
  /** Shares of the rectifiers' outputs above 0: for each epoch, one for each rectifier. */
  readonly active: readonly (readonly number[])[];
  /** Of runs that are followed: every few steps. */
  readonly followed?: readonly Step[];
}

export type Step = { readonly step: number } & Signal;

/** Of the layers that have weights: affine1, which has most of them. */
const AFFINE1 = 2;
/** Which of the moments that are looked at shows that weights have shrunk: after 40 steps. */
const SHRUNK = 8;

type Done = Measurement<Options, Values>;

export function isFailed({ testAccuracy }: Values): boolean {
  return testAccuracy.at(-1)! < CHANCE;
}

export function findings(measured: readonly Done[]): Findings {
  const runs = ofSetting(measured, NOTES);
  const [failed, learned] = [true, false].map((is) =>
    runs.filter(({ values }) => isFailed(values) === is),
  ) as [Done[], Done[]];
  const tables = [accuracies(runs, learned, failed)];
  const figures = [curves(learned, failed)];
  if (failed.length > 0) {
    tables.push(deaths(failed), rescues(measured, failed));
    figures.push(fading(ofSetting(measured, FOLLOWED), failed));
  }
  return { tables, figures };
}

/** How far the logits differ between images, in the first epochs. */
function fading(followed: readonly Done[], failed: readonly Done[]): Figure {
  const curve = ({ values }: Done): Point[] =>
    values.followed!.map(({ step, spread }) => [step, spread]);
  const series = [true, false].flatMap((fails): Series[] => {
    const own = followed.filter(({ seed }) => failed.some((one) => one.seed === seed) === fails);
    const name = fails ? "runs that fail" : "runs that learn";
    return own.length === 0 ? [] : [{ name, points: curve(own[0]!), runs: own.map(curve) }];
  });
  return {
    file: "signal.svg",
    alt: "How far the logits differ between images: in runs that fail it falls to almost nothing.",
    svg: lineChart({
      title: "What of the images reaches the logits",
      description: "Standard deviation of the logits over images, by step; a line for each run.",
      width: CHART_WIDTH,
      x: { label: "step" },
      y: { label: "how far logits differ between images", scale: "log" },
      series,
    }),
  };
}

function curves(learned: readonly Done[], failed: readonly Done[]): Figure {
  const curve = ({ values }: Done): Point[] =>
    values.testAccuracy.map((accuracy, epoch) => [epoch, 1 - accuracy]);
  const series: Series[] = [];
  if (learned.length > 0)
    series.push({ name: "runs that learn", points: middle(learned), runs: learned.map(curve) });
  if (failed.length > 0)
    series.push({ name: "runs that fail", points: middle(failed), runs: failed.map(curve) });
  series.push({
    name: "the notes",
    dots: PRINTED_TEST_ACCURACY.map((accuracy, epoch) => [epoch, 1 - accuracy]),
  });
  const all = counted(learned.length + failed.length, "run");
  return {
    file: "errors.svg",
    alt:
      `Share of test images misclassified after each epoch, a thin line for each of ${all}, and ` +
      `the notes' own as dots; ${failed.length} stay at chance.`,
    svg: lineChart({
      title: "The notes' recipe with many seeds",
      description: `Test errors over the epochs of ${all}; medians as thick lines.`,
      width: CHART_WIDTH,
      x: { label: "epoch" },
      y: { label: "test images misclassified", scale: "log", format: "percent" },
      series,
    }),
  };
}

/** The median run of each epoch. */
function middle(runs: readonly Done[]): Point[] {
  return runs[0]!.values.testAccuracy.map((_, epoch) => {
    const sorted = runs.map(({ values }) => values.testAccuracy[epoch]!).sort((a, b) => a - b);
    return [epoch, 1 - sorted[Math.floor(sorted.length / 2)]!];
  });
}

function accuracies(runs: Done[], learned: Done[], failed: Done[]): Table {
  const epochs = runs[0]!.values.testAccuracy.length;
  const printed = PRINTED_TEST_ACCURACY.length;
  const shown = [...new Set([1, Math.min(printed, epochs), epochs])];
  return {
    caption:
      `Test accuracy of the runs that learn, ${learned.length} of ${runs.length}; ` +
      `${failed.length} fail, a share within ` +
      `${shareInterval(proportionInterval(failed.length, runs.length))} (Wilson's interval).`,
    head: ["after", "mean and 95 % interval", "lowest", "highest", "the notes", "runs below it"],
    rows: shown.map((epoch) => {
      const reached = learned.map(({ values }) => values.testAccuracy[epoch - 1]!);
      const noted = PRINTED_TEST_ACCURACY[epoch - 1];
      return [
        counted(epoch, "epoch"),
        reached.length === 0 ? "–" : shareWithInterval(reached),
        ...(reached.length === 0
          ? ["–", "–"]
          : [percent(Math.min(...reached)), percent(Math.max(...reached))]),
        noted === undefined ? "–" : percent(noted),
        noted === undefined ? "–" : String(reached.filter((one) => one < noted).length),
      ];
    }),
  };
}

/** Which layer of rectifiers lets nothing through in runs that fail, and from which epoch on. */
function deaths(failed: readonly Done[]): Table {
  return {
    caption:
      "Runs that fail: the share of each rectifier layer's outputs above 0 at the end, of all " +
      "units and images.",
    head: ["seed", ...RECTIFIERS, "first to be 0", "after epoch"],
    rows: failed.map(({ seed, values: { active } }) => {
      const epoch = active.findIndex((shares) => shares.includes(0));
      const first = active[epoch]?.map((share, i) => (share === 0 ? RECTIFIERS[i]! : ""));
      return [
        String(seed),
        ...active.at(-1)!.map((share) => percent(share, 1)),
        first?.filter((name) => name !== "").join(" and ") ?? "none",
        epoch < 0 ? "–" : String(epoch),
      ];
    }),
  };
}

function rescues(measured: readonly Done[], failed: readonly Done[]): Table {
  const tried = settingsOf(measured).filter((setting) => ![NOTES, FOLLOWED].includes(setting));
  return {
    caption: "The same seeds with one change each.",
    head: ["change", "seeds that learn", "their accuracy at the end"],
    rows: tried.map((change) => {
      const runs = ofSetting(measured, change);
      const saved = runs.filter(({ values }) => !isFailed(values));
      const reached = saved.map(({ values }) => percent(values.testAccuracy.at(-1)!));
      return [change, `${saved.length} of ${failed.length}`, reached.join(", ") || "–"];
    }),
  };
}

export function verdict(measured: readonly Done[]): Verdict {
  const runs = ofSetting(measured, NOTES);
  const failed = runs.filter(({ values }) => isFailed(values));
  const learned = runs.filter(({ values }) => !isFailed(values));
  const share = proportionInterval(failed.length, runs.length);
  const isSeldom = share.low <= 1 / 30 && share.high >= 1 / 30;
  const usual =
    `${learned.length === 0 ? "" : whatIsUsual(learned)}${failed.length} of ${runs.length} never ` +
    `leave chance ${shareInterval(share)}${asExpected(isSeldom)} (one in thirty).`;
  return {
    shows: failed.length === 0 ? usual : `${usual} ${whyTheyFail(measured, failed, learned)}`,
    doesNotShow:
      "How often the recipe fails in PyTorch, whose random numbers are others; whether a larger " +
      "network would fail as often; what decides which seed wins the race. The choice of 20,000 " +
      "images changes with the seed too, so the two are not told apart.",
  };
}

/** Where the notes' run lies among those that learn, and how far apart these end. */
function whatIsUsual(learned: readonly Done[]): string {
  const epochs = Math.min(PRINTED_TEST_ACCURACY.length, learned[0]!.options.epochs);
  const below = PRINTED_TEST_ACCURACY.slice(0, epochs).map(
    (noted, epoch) => learned.filter(({ values }) => values.testAccuracy[epoch]! < noted).length,
  );
  const [fewest, most] = [Math.min(...below), Math.max(...below)];
  const isWithin = fewest > 0 && most < learned.length;
  const half = learned.length / 2;
  const side = fewest > half ? ", above their middle" : most < half ? ", below their middle" : "";
  const ends = learned.map(({ values }) => values.testAccuracy.at(-1)!);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return (
    `After each of ${counted(epochs, "epoch")} the notes' run lies ` +
    `${isWithin ? "within" : "not always within"} the range of the runs that learn` +
    `${asExpected(isWithin)}${side}: ${fewest} to ${most} of ${learned.length} are below it. ` +
    `These end up within ${inPoints(high - low)} points of each other` +
    `${asExpected(high - low <= 0.01)} (one). `
  );
}

function whyTheyFail(
  measured: readonly Done[],
  failed: readonly Done[],
  learned: readonly Done[],
): string {
  return [whatIsDead(failed, learned), whatShrinks(measured, failed), whatSaves(measured)].join(
    " ",
  );
}

/** Whether a layer of rectifiers is dead, and whether units still tell images apart. */
function whatIsDead(failed: readonly Done[], learned: readonly Done[]): string {
  const ends = failed.map(({ values }) => values.active.at(-1)!);
  const least = Math.min(...ends.flat());
  const lowest = RECTIFIERS.filter((_, i) => ends.some((shares) => shares[i] === least));
  const fixed = UNITS.flatMap(({ count, name }, i) => {
    if (!ends.every((shares) => isWhole(shares[i]! * count))) return [];
    const on = ends.map((shares) => Math.round(shares[i]! * count)).join(" and ");
    return [{ i, count, on: `${on} of ${count} ${name} in ${RECTIFIERS[i]!}` }];
  });
  const isApart = !learned.some(({ values }) =>
    fixed.some(({ i, count }) => isWhole(values.active.at(-1)![i]! * count)),
  );
  const dead =
    `Is a layer of rectifiers dead in those that fail? ${least === 0 ? "Yes" : "No"}` +
    `${asExpected(least === 0)}: the lowest share of outputs above 0 at the end is ` +
    `${percent(least, 0)} (${lowest.join(", ")}).`;
  if (least === 0 || fixed.length === 0) return dead;
  return (
    `${dead} But ${fixed.map(({ on }) => on).join(" and ")} are then on for every image and the ` +
    `others for none (the shares come to whole numbers` +
    `${isApart ? ", as in no run that learns" : ""}), so nothing of the image gets through.`
  );
}

/** Whether that many units let something through, whatever the image. */
function isWhole(units: number): boolean {
  return Math.abs(units - Math.round(units)) < 1e-6;
}

/** What weights and signal come to at first, in runs that fail and in others. */
function whatShrinks(measured: readonly Done[], failed: readonly Done[]): string {
  const followed = ofSetting(measured, FOLLOWED);
  const last = Math.min(...followed.map(({ values }) => values.followed!.length)) - 1;
  const at = Math.min(SHRUNK, last);
  const say = (moment: number, of: (step: Step) => number, digits: number): string => {
    const [where, elsewhere] = [true, false].map((fails) =>
      followed
        .filter(({ seed }) => failed.some((one) => one.seed === seed) === fails)
        .map(({ values }) => formatNumber(of(values.followed!.at(moment)!), digits))
        .join(" and "),
    );
    return `${where} where it fails${elsewhere === "" ? "" : `, ${elsewhere} where it learns`}`;
  };
  const spread = ({ spread }: Step): number => spread;
  const { step, weights } = followed[0]!.values.followed![0]!;
  const steps = followed[0]!.values.followed![at]!.step - step;
  return (
    "Adam divides each gradient by its own size, so while the loss says little, the decay takes " +
    "about 0.001 off every weight in every step, however small the weight. In " +
    `${counted(steps, "step")} those of affine1 shrink from ${formatNumber(weights[AFFINE1]!, 2)}` +
    `, root mean square, to ${say(at, ({ weights }) => weights[AFFINE1]!, 2)}. What tells runs ` +
    `apart is how far logits then differ between images: ${say(at, spread, 2)}; after the second ` +
    `epoch, ${say(-1, spread, 1)}. It looks like a race: where the loss's gradient outgrows the ` +
    "decay in time, the run learns."
  );
}

/** Which changes make all failing seeds learn, and which none. */
function whatSaves(measured: readonly Done[]): string {
  const tried = settingsOf(measured).filter((setting) => ![NOTES, FOLLOWED].includes(setting));
  const fails = (setting: string): boolean[] =>
    ofSetting(measured, setting).map(({ values }) => isFailed(values));
  const saving = tried.filter((setting) => !fails(setting).includes(true));
  const useless = tried.filter((setting) => !fails(setting).includes(false));
  const isDecay = saving.includes(WITHOUT_DECAY);
  return (
    `Without weight decay they ${isDecay ? "" : "do not all "}learn${asExpected(isDecay)}. Of ` +
    `${counted(tried.length, "change")}, each by itself, ${saving.length} ` +
    `${saving.length === 1 ? "saves" : "save"} all of them (${saving.join("; ") || "–"}), and ` +
    `${useless.length} ${useless.length === 1 ? "saves" : "save"} none` +
    `${useless.includes(LEAKY) ? ", not even rectifiers that leak and so cannot die" : ""}.`
  );
}
