/** What came of best: all that was tried, and how the choice does on the test images. */
import { intervalChart, lineChart, type Point } from "../../figures/index.js";
import { meanInterval, meanOf } from "../../statistics/index.js";
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
import { atTheEnd } from "../parts/at-the-end.js";
import {
  type Choice,
  networks,
  PLAIN,
  SECOND_LARGEST,
  TOGETHER,
  UNCHANGED,
  USUAL_IMAGES,
} from "../parts/best-choices.js";
import { type Claim, sortedClaims } from "../parts/expected.js";
import { counted, inPoints, percent } from "../parts/words.js";

/** Images as they are, with as few epochs as the networks were chosen by. */
export const SHORT = "images, too short";
/** The choice, trained in full on what is not the validation images, which it is tried on. */
export const WATCHED = "the choice";
export const FINAL = "final";

export interface Options extends Choice {
  readonly stage: string;
  readonly epochs: number;
  readonly imageCount: number;
}

export interface Values {
  /** After each epoch; of the test images, once, after the last. */
  readonly testAccuracy: readonly number[];
  readonly testLoss: readonly number[];
  readonly trainAccuracy: readonly number[];
  readonly stopped: string | null;
}

export type Done = Measurement<Options, Values>;

export function reachedBy(done: readonly Done[], setting: string): number[] {
  return ofSetting(done, setting).map(({ values }) => atTheEnd(values));
}

export function settingName({ network, images, details: detail }: Choice, epochs: number): string {
  return `${network}; ${images}; ${detail}; ${counted(epochs, "epoch")}`;
}

export function findings(measured: readonly Done[]): Findings {
  return {
    tables: [triedTable(measured), finalTable(measured)],
    figures: [triedFigure(measured), watchedFigure(measured)],
  };
}

/** A choice that was tried on the validation images. */
interface Tried {
  readonly stage: string;
  /** What of the choice its stage is about. */
  readonly name: string;
  readonly choice: Choice;
  readonly epochs: number;
  readonly errors: readonly number[];
  readonly losses: readonly number[];
}

/** What was tried, in its order. */
function triedIn(measured: readonly Done[]): Tried[] {
  const searched = measured.filter(({ setting }) => setting !== FINAL);
  const tried = settingsOf(searched).map((setting) => {
    const runs = ofSetting(searched, setting);
    const { stage, epochs, ...choice } = runs[0]!.options;
    return {
      ...{ stage, choice, epochs, name: aboutOf(stage, choice) },
      errors: runs.map(({ values }) => 1 - atTheEnd(values)),
      losses: runs.flatMap(({ values }) => values.testLoss.at(-1) ?? []),
    };
  });
  return withUsualDetails(tried);
}

/** The details that the others differ from, where the networks' stage has measured them already. */
function withUsualDetails(tried: readonly Tried[]): Tried[] {
  const first = tried.findIndex(({ stage }) => stage === "details");
  if (first === -1) return [...tried];
  const { epochs, choice } = tried[first]!;
  const { network, images } = choice;
  const usual = tried
    .slice(0, first)
    .find((one) => settingName({ network, images, details: PLAIN }, epochs) === settingOf(one));
  const again = usual === undefined ? [] : [{ ...usual, stage: "details", name: PLAIN }];
  return [...tried.slice(0, first), ...again, ...tried.slice(first)];
}

const settingOf = ({ choice, epochs }: Tried): string => settingName(choice, epochs);

function aboutOf(stage: string, choice: Choice): string {
  if (stage === "network" || stage === "details") return choice[stage];
  return choice.images;
}

function chosenIn(measured: readonly Done[]): Choice {
  return measured.find(({ setting }) => setting === FINAL)!.options;
}

function triedTable(measured: readonly Done[]): Table {
  const chosen = chosenIn(measured);
  const tried = triedIn(measured);
  return {
    caption:
      "What was tried on the validation images, the mean of the seeds; what was taken is bold.",
    head: ["", "", "epochs", "errors", "loss"],
    rows: tried.map(({ stage, name, choice, epochs, errors, losses }, i) => {
      const isTaken = stage !== SHORT && aboutOf(stage, chosen) === aboutOf(stage, choice);
      return [
        stage === tried[i - 1]?.stage ? "" : stage,
        isTaken ? `**${name}**` : name,
        ...[`${epochs}`, percent(meanOf(errors)), meanOf(losses).toFixed(4)],
      ];
    }),
  };
}

function finalTable(measured: readonly Done[]): Table {
  const runs = ofSetting(measured, FINAL);
  return {
    caption: "The choice on all images, and the test images, classified once.",
    head: ["seed", "epochs", "accuracy", "loss"],
    rows: runs.map(({ seed, options: { epochs }, values }) => [
      ...[`${seed}`, `${epochs}`, percent(atTheEnd(values))],
      values.testLoss.at(-1)?.toFixed(4) ?? "–",
    ]),
  };
}

function triedFigure(measured: readonly Done[]): Figure {
  return {
    file: "tried.svg",
    alt: "Validation images misclassified by each network, augmentation and set of details tried.",
    svg: intervalChart({
      title: "What was tried",
      description: "A dot for each seed; further left is better. The number before a name: epochs.",
      width: CHART_WIDTH,
      x: { label: "validation images misclassified", format: "percent" },
      rows: triedIn(measured).map(({ stage, name, epochs, errors }) => ({
        name: `${stage}, ${epochs}: ${name}`,
        values: errors,
      })),
    }),
  };
}

function watchedFigure(measured: readonly Done[]): Figure {
  const { values } = watchedIn(measured);
  const errors = (shares: readonly number[]): Point[] =>
    shares.map((share, epoch): Point => [epoch + 1, 1 - share]);
  return {
    file: "watched.svg",
    alt: "Errors after each epoch of the choice: of training images, augmented, and of validation.",
    svg: lineChart({
      title: "The choice, trained in full",
      description: "Share misclassified after each epoch; training images as they were changed.",
      width: CHART_WIDTH,
      x: { label: "epoch" },
      y: { label: "misclassified", scale: "log", format: "percent" },
      series: [
        { name: "while training", points: errors(values.trainAccuracy) },
        { name: "validation", points: errors(values.testAccuracy) },
      ],
    }),
  };
}

/** The choice, with as many epochs as in the end, on the validation images. */
function watchedIn(measured: readonly Done[]): Done {
  const { options } = measured.find(({ setting }) => setting === FINAL)!;
  return ofSetting(measured, settingName(options, options.epochs))[0]!;
}

const AIM = 0.996;

export function verdict(measured: readonly Done[]): Verdict {
  const chosen = chosenIn(measured);
  const reached = reachedBy(measured, FINAL);
  const mean = meanOf(reached);
  const { values } = watchedIn(measured);
  return {
    shows:
      `Chosen were the network “${chosen.network}”, the images' change “${chosen.images}”, and ` +
      `“${chosen.details}”. With them ${percent(mean)} of the test images are classified right ` +
      `(mean of ${counted(reached.length, "seed")}), ${mean >= AIM ? "not below" : "below"} the ` +
      `${percent(AIM, 1)} that were aimed at. ${sortedClaims(claims(measured))} Watched on the ` +
      `validation images, the choice ends at ${percent(atTheEnd(values))}. ${ofShort(measured)}`,
    doesNotShow:
      "That these are the best choices: a quarter of the epochs favours networks that learn " +
      "fast, details were changed one at a time, and with 10,000 images, candidates that differ " +
      "by less than a tenth of a point cannot be told apart. Several networks that vote would do " +
      "better; so would more time.",
  };
}

/** What a search with as few epochs as the networks' would have said of changed images. */
function ofShort(measured: readonly Done[]): string {
  const tried = triedIn(measured);
  const short = tried.find(({ stage }) => stage === SHORT);
  const usual = tried.find(
    ({ choice, epochs }) =>
      choice.images === USUAL_IMAGES &&
      choice.network === short?.choice.network &&
      choice.details === PLAIN &&
      epochs === short.epochs,
  );
  if (short === undefined || usual === undefined) return "";
  const [without, changed] = [short, usual].map(({ errors }) => percent(meanOf(errors)));
  return (
    `With ${counted(short.epochs, "epoch")} alone, images as they are leave ${without} errors, ` +
    `and “${USUAL_IMAGES}” ${changed}: so short a search ` +
    `${meanOf(short.errors) < meanOf(usual.errors) ? "prefers" : "does not prefer"} them unchanged.`
  );
}

function claims(measured: readonly Done[]): Claim[] {
  return [
    ...claimsOfTheTest(measured),
    ...claimsOfImages(measured),
    ...claimOfNetworks(measured),
    ...claimOfDetails(measured),
  ];
}

function claimsOfTheTest(measured: readonly Done[]): Claim[] {
  const reached = reachedBy(measured, FINAL);
  if (reached.length < 2) return [];
  const { mean, deviation } = meanInterval(reached);
  return [
    { text: `${percent(mean)} (99.65)`, holds: Math.abs(mean - 0.9965) <= 0.0005 },
    {
      text: `a standard deviation of ${inPoints(deviation, 2)} points over the seeds (0.04)`,
      holds: Math.abs(deviation - 0.0004) <= 0.0002,
    },
  ];
}

/** What share of the errors that are made with images as they are each change leaves. */
function claimsOfImages(measured: readonly Done[]): Claim[] {
  const tried = inStage(measured, "images");
  const unchanged = tried.find(({ name }) => name === UNCHANGED);
  return tried.flatMap(({ name, errors }): Claim[] => {
    if (unchanged === undefined || name === UNCHANGED) return [];
    const share = meanOf(errors) / meanOf(unchanged.errors);
    const [said, expected] = name === TOGETHER ? ["half", 1 / 2] : ["two thirds", 2 / 3];
    return [
      {
        text: `“${name}” leaves ${percent(share, 0)} of the errors (${said})`,
        holds: Math.abs(share - expected) <= 0.1,
      },
    ];
  });
}

function inStage(measured: readonly Done[], wanted: string): Tried[] {
  return triedIn(measured).filter(({ stage }) => stage === wanted);
}

function claimOfNetworks(measured: readonly Done[]): Claim[] {
  const tried = inStage(measured, "network");
  if (tried.length < Object.keys(networks).length) return [];
  const errors = tried.map((one) => meanOf(one.errors));
  const [least, most] = [Math.min(...errors), Math.max(...errors)];
  const best = tried[errors.indexOf(least)]!.name;
  return [
    {
      text:
        `of the networks “${best}” is the best (the second largest, “${SECOND_LARGEST}”), and ` +
        `their errors lie between ${percent(least)} and ${percent(most)}`,
      holds: best === SECOND_LARGEST,
    },
  ];
}

/** Details count for less than the seed where they differ by less than two seeds of a network. */
function claimOfDetails(measured: readonly Done[]): Claim[] {
  const range = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
  const means = inStage(measured, "details").map(({ errors }) => meanOf(errors));
  const seeds = inStage(measured, "network").map(({ errors }) => range(errors));
  if (means.length < 2 || Math.max(...seeds) === 0) return [];
  const [ofDetails, ofSeeds] = [range(means), Math.max(...seeds)];
  return [
    {
      text:
        `details differ by ${percent(ofDetails)}, two seeds of a network by up to ` +
        `${percent(ofSeeds)} (details less)`,
      holds: ofDetails < ofSeeds,
    },
  ];
}
