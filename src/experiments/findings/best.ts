/** What came of best: all that was tried, and how the choice does on the test images. */
import { intervalChart, lineChart, type Point } from "../../figures/index.js";
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
import {
  augmentations,
  type Choice,
  details,
  networks,
  PLAIN,
  SECOND_LARGEST,
  TOGETHER,
  USUAL_IMAGES,
} from "../parts/best-choices.js";
import { type Claim, sortedClaims } from "../parts/expected.js";
import { counted, inPoints, percent } from "../parts/words.js";

export const SEARCH = "search";
/** The choice, trained in full on what is not the validation images, which it is tried on. */
export const WATCHED = "watched";
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

export function settingName({ network, images, details: detail }: Choice): string {
  return `${network}; ${images}; ${detail}`;
}

export function findings(measured: readonly Done[]): Findings {
  const tried = triedIn(measured);
  return {
    tables: [triedTable(measured, tried), finalTable(measured)],
    figures: [triedFigure(measured, tried), watchedFigure(measured)],
  };
}

/** What was tried, in its order, with the stage that it belongs to. */
function triedIn(measured: readonly Done[]): { stage: string; name: string; setting: string }[] {
  const searched = measured.filter(({ options }) => options.stage === SEARCH);
  const chosen = chosenIn(measured);
  const all = (stage: keyof Choice, base: Choice, names: object) =>
    Object.keys(names)
      .map((name) => ({ stage, name, setting: settingName({ ...base, [stage]: name }) }))
      .filter(({ setting }) => ofSetting(searched, setting).length > 0);
  const { network, images } = chosen;
  return [
    ...all("network", { ...chosen, images: USUAL_IMAGES, details: PLAIN }, networks),
    ...all("images", { ...chosen, details: PLAIN }, augmentations),
    ...all("details", { network, images, details: PLAIN }, details),
  ];
}

function chosenIn(measured: readonly Done[]): Choice {
  return measured.find(({ setting }) => setting === FINAL)!.options;
}

function triedTable(measured: readonly Done[], tried: ReturnType<typeof triedIn>): Table {
  const chosen = chosenIn(measured);
  return {
    caption:
      "What was tried on the validation images, the mean of the seeds; what was taken is bold.",
    head: ["", "", "epochs", "errors", "loss"],
    rows: tried.map(({ stage, name, setting }, i) => {
      const runs = ofSetting(measured, setting);
      const { epochs } = runs[0]!.options;
      const loss = meanOf(runs.flatMap(({ values }) => values.testLoss.at(-1) ?? []));
      const isTaken = chosen[stage as keyof Choice] === name;
      return [
        stage === tried[i - 1]?.stage ? "" : stage,
        isTaken ? `**${name}**` : name,
        `${epochs}`,
        percent(1 - meanOf(reachedBy(measured, setting))),
        loss.toFixed(4),
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

function triedFigure(measured: readonly Done[], tried: ReturnType<typeof triedIn>): Figure {
  return {
    file: "tried.svg",
    alt: "Validation images misclassified by each network, augmentation and set of details tried.",
    svg: intervalChart({
      title: "What was tried",
      description: "A dot for each seed; further left is better.",
      width: CHART_WIDTH,
      x: { label: "validation images misclassified", format: "percent" },
      rows: tried.map(({ stage, name, setting }) => ({
        name: `${stage}: ${name}`,
        values: reachedBy(measured, setting).map((reached) => 1 - reached),
      })),
    }),
  };
}

function watchedFigure(measured: readonly Done[]): Figure {
  const [{ values }] = ofSetting(measured, WATCHED) as [Done];
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

const AIM = 0.996;

export function verdict(measured: readonly Done[]): Verdict {
  const chosen = chosenIn(measured);
  const reached = reachedBy(measured, FINAL);
  const mean = meanOf(reached);
  const { values } = ofSetting(measured, WATCHED)[0]!;
  return {
    shows:
      `Chosen were the network “${chosen.network}”, the images' change “${chosen.images}”, and ` +
      `“${chosen.details}”. With them ${percent(mean)} of the test images are classified right ` +
      `(mean of ${counted(reached.length, "seed")}), ${mean >= AIM ? "not below" : "below"} the ` +
      `${percent(AIM, 1)} that were aimed at. ${sortedClaims(claims(measured))} Watched on the ` +
      `validation images, the choice ends at ${percent(atTheEnd(values))}.`,
    doesNotShow:
      "That these are the best choices: a quarter of the epochs favours networks that learn " +
      "fast, details were changed one at a time, and with 10,000 images and 2 seeds, candidates " +
      "that differ by less than a tenth of a point cannot be told apart. Several networks that " +
      "vote would do better; so would more time.",
  };
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
  const { network } = chosenIn(measured);
  const left = (images: string): number | null => {
    const [unchanged, changed] = ["none", images].map((one) =>
      errorsOf(measured, { network, images: one, details: PLAIN }),
    );
    return unchanged && changed != null ? changed / unchanged : null;
  };
  return Object.keys(augmentations).flatMap((images): Claim[] => {
    const share = left(images);
    if (images === "none" || share === null) return [];
    const [said, expected] = images === TOGETHER ? ["half", 1 / 2] : ["two thirds", 2 / 3];
    return [
      {
        text: `“${images}” leaves ${percent(share, 0)} of the errors (${said})`,
        holds: Math.abs(share - expected) <= 0.1,
      },
    ];
  });
}

/** The mean error of what was tried; null where it was not. */
function errorsOf(measured: readonly Done[], choice: Choice): number | null {
  const found = reachedBy(measured, settingName(choice));
  return found.length === 0 ? null : 1 - meanOf(found);
}

function claimOfNetworks(measured: readonly Done[]): Claim[] {
  const all = Object.keys(networks).map((network) =>
    errorsOf(measured, { network, images: USUAL_IMAGES, details: PLAIN }),
  );
  if (all.some((error) => error === null)) return [];
  const best = Object.keys(networks)[all.indexOf(Math.min(...(all as number[])))]!;
  const [least, most] = [Math.min, Math.max].map((of) => of(...(all as number[])));
  return [
    {
      text:
        `of the networks “${best}” is the best (the second largest, “${SECOND_LARGEST}”), and ` +
        `their errors lie between ${percent(least!)} and ${percent(most!)}`,
      holds: best === SECOND_LARGEST,
    },
  ];
}

/** Details count for less than the seed where their means lie within its spread. */
function claimOfDetails(measured: readonly Done[]): Claim[] {
  const { network, images } = chosenIn(measured);
  const runs = Object.keys(details)
    .map((name) => reachedBy(measured, settingName({ network, images, details: name })))
    .filter((reached) => reached.length > 1);
  if (runs.length < 2) return [];
  const range = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
  const [ofDetails, ofSeeds] = [range(runs.map(meanOf)), Math.max(...runs.map(range))];
  return [
    {
      text:
        `details differ by ${percent(ofDetails)} in the mean, two seeds of one by up to ` +
        `${percent(ofSeeds)} (details less)`,
      holds: ofDetails < ofSeeds,
    },
  ];
}
