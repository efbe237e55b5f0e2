/** What came of mlp-vs-cnn: how far the convolutional network leads, regime by regime. */
import { intervalChart } from "../../figures/index.js";
import { type MeanInterval, meanInterval, meanOf, pairedInterval } from "../../statistics/index.js";
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
import { pointsOrDash } from "../parts/many-runs.js";
import { counted, percent, shareWithInterval } from "../parts/words.js";

export const kinds = ["cnn", "mlp, as many parameters", "mlp, as much computation", "mlp, widest"];
export const [CNN, PARAMETERS, COMPUTATION, WIDEST] = kinds as [string, string, string, string];

/** The regimes: the notes' own, the same without decay, and what each network does best with. */
export const NOTES = "notes' decay";
export const PLAIN = "no decay";
export const TUNED = "tuned";
const REGIMES = [NOTES, PLAIN, TUNED];

/** Tuned, too, but among higher rates, where {@link HIGHEST_RATE} was the best. */
export const FURTHER = "tuned further";

/** Of those that are searched at first. */
export const HIGHEST_RATE = 4e-3;

export interface Options {
  /** "width", "search", "search further" or "final". */
  readonly stage: string;
  readonly kind: string;
  readonly hidden: readonly number[] | null;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** As the notes do: Adam is built anew in each epoch, and the order is that of the file. */
  readonly asNoted: boolean;
  readonly images: number;
  readonly epochs: number;
}

export interface Values {
  readonly trainAccuracy: readonly number[];
  readonly testAccuracy: readonly number[];
  readonly testLoss: readonly number[];
}

export type Done = Measurement<Options, Values>;

export function findings(measured: readonly Done[]): Findings {
  const finals = measured.filter(({ options }) => options.stage === "final");
  const sizesOfSet = [...new Set(finals.map(({ options }) => options.images))];
  return {
    tables: [accuracies(finals, sizesOfSet), differences(finals, sizesOfSet), chosen(finals)],
    figures: sizesOfSet.map((images) => errorChart(finals, images)),
  };
}

/** Test accuracies after the last epoch, by seed. */
function reached(finals: readonly Done[], kind: string, regime: string, images: number): number[] {
  return ofSetting(finals, settingName(kind, regime, images)).map(
    ({ values }) => values.testAccuracy.at(-1)!,
  );
}

function errorChart(finals: readonly Done[], images: number): Figure {
  const count = images.toLocaleString("en-US");
  const rows = REGIMES.flatMap((regime) =>
    kinds.map((kind) => {
      const errors = reached(finals, kind, regime, images).map((accuracy) => 1 - accuracy);
      const many = errors.length > 1 ? meanInterval(errors) : null;
      return {
        name: `${kind}; ${regime}`,
        values: errors,
        ...(many && { mean: many.mean, interval: [many.low, many.high] as const }),
      };
    }),
  );
  return {
    file: `errors-${images}.svg`,
    alt:
      `Share of test images misclassified after training on ${count} images: a row for each ` +
      "network and regime, a dot for each seed.",
    svg: intervalChart({
      title: `Errors after training on ${count} images`,
      description: "A dot for each seed, their mean, and its interval; further left is better.",
      width: CHART_WIDTH,
      x: { label: "test images misclassified", scale: "log", format: "percent" },
      rows,
    }),
  };
}

function accuracies(finals: readonly Done[], sizesOfSet: readonly number[]): Table {
  return {
    caption: "Test accuracy after the last epoch: mean and Student's interval at 95 %.",
    head: ["network", ...columns(sizesOfSet)],
    rows: kinds.map((kind) => [
      kind,
      ...cells(sizesOfSet, (regime, images) =>
        shareWithInterval(reached(finals, kind, regime, images)),
      ),
    ]),
  };
}

/** How far the convolutional network is ahead of another; null where one seed was trained. */
function lead(
  finals: readonly Done[],
  kind: string,
  regime: string,
  images: number,
): MeanInterval | null {
  const [cnn, mlp] = [CNN, kind].map((one) => reached(finals, one, regime, images));
  return cnn!.length < 2 ? null : pairedInterval(cnn!, mlp!);
}

function differences(finals: readonly Done[], sizesOfSet: readonly number[]): Table {
  return {
    caption: "How far the convolutional network leads, in percentage points, paired by seed.",
    head: ["against", ...columns(sizesOfSet)],
    rows: kinds
      .slice(1)
      .map((kind) => [
        kind,
        ...cells(sizesOfSet, (regime, images) => pointsOrDash(lead(finals, kind, regime, images))),
      ]),
  };
}

function chosen(finals: readonly Done[]): Table {
  return {
    caption: "What the validation images chose for the tuned regime.",
    head: ["network", "hidden layers", "rate", "decay"],
    rows: kinds.map((kind) => {
      const { options } = finals.find(({ setting }) => setting.startsWith(`${kind}; ${TUNED}`))!;
      const { hidden, learningRate, weightDecay } = options;
      return [kind, hidden?.join(" and ") ?? "the notes'", `${learningRate}`, `${weightDecay}`];
    }),
  };
}

/** Accuracies below it are a guess: the most frequent digit is 11.35 % of the test images. */
const CHANCE = 0.12;

export function verdict(measured: readonly Done[]): Verdict {
  const finals = measured.filter(({ options }) => options.stage === "final");
  const sizesOfSet = [...new Set(finals.map(({ options }) => options.images))];
  const most = Math.max(...sizesOfSet);
  const leads = (regime: string, images: number): readonly MeanInterval[] =>
    kinds.slice(1).flatMap((kind) => lead(finals, kind, regime, images) ?? []);
  const against = (regime: string, images: number): string =>
    kinds
      .slice(1)
      .map((kind) => `${pointsOrDash(lead(finals, kind, regime, images))} (${kind.slice(5)})`)
      .join(", ");
  const tuned = leads(TUNED, most);
  const isAhead = tuned.length > 0 && tuned.every(({ low }) => low > 0);
  const isOnePoint = tuned.every(({ mean }) => mean >= 0.005 && mean <= 0.015);
  const [fewer, noted] = [leads(TUNED, Math.min(...sizesOfSet)), leads(NOTES, most)];
  const growsWithout = fewer.every(({ mean }, i) => mean > tuned[i]!.mean);
  const vanishes = noted.some(({ low }) => low <= 0);
  const mean = (kind: string): string => percent(meanOf(reached(finals, kind, TUNED, most)));
  const held = kinds.map((kind) => percent(meanOf(reached(finals, kind, NOTES, most)), 0));
  const isLarger = noted.every(({ mean: one }, i) => one > tuned[i]!.mean);
  const ofDecay =
    `the lead ${isLarger ? "is larger" : "stays"}, against what was expected: it holds the ` +
    `convolutional network at ${held[0]}, the others not near 90 % but at ` +
    `${[...new Set(held.slice(1))].join(" and ")}; why, was not measured`;
  const failed = finals.filter(({ values }) => values.testAccuracy.at(-1)! < CHANCE).length;
  return {
    shows:
      `With a rate and a decay of its own, the convolutional network ` +
      `${isAhead ? "is better than each" : "is not better than each"} fully connected one ` +
      `(${expectedOrNot(isAhead)}): ${mean(CNN)} on ${most.toLocaleString("en-US")} images, ` +
      `ahead by ${against(TUNED, most)}. About one point was expected, which is what it ` +
      `${isOnePoint ? "is" : "is not"} against all of them. With fewer images the lead is ` +
      `${growsWithout ? "larger in the mean, as" : "not always larger, which is not what was"} ` +
      `expected. With the notes' decay it is ${against(NOTES, most)}: ` +
      `${vanishes ? "the lead vanishes or turns round, as it might" : ofDecay}. ` +
      `${failed === 0 ? "No run" : counted(failed, "run")} of ${finals.length} stayed at chance.`,
    doesNotShow:
      "What the best network of each kind can do: epochs, batches and the convolutional shape " +
      "are the notes', nothing was augmented, and rate and decay were chosen with one seed, by " +
      "networks that had 50,000 images, for 20,000 too. Nothing wider than 2,048 was tried. " +
      atTheEdge(finals, most) +
      "Digits lie in the middle of the image, all of one size; where things move, a fully " +
      "connected network has more to learn. Nor what the lead costs in time: as much computation " +
      "means as many products, not as many seconds.",
  };
}

/** What is to be said of networks that took the highest rate there was to take. */
function atTheEdge(finals: readonly Done[], most: number): string {
  const settings = kinds.flatMap((kind) => {
    const further = ofSetting(finals, settingName(kind, FURTHER, most))[0];
    return further === undefined ? [] : [further.options];
  });
  if (settings.length === 0) return "";
  const named = settings.map(({ kind, learningRate }) => {
    const mean = percent(meanOf(reached(finals, kind, FURTHER, most)));
    return `${kind} ${learningRate} and ${mean}`;
  });
  const leads = kinds
    .slice(1)
    .map((kind) => pointsOrDash(furtherLead(finals, kind, most)))
    .join(", ");
  return (
    `${counted(settings.length, "network")} had taken the highest rate, ${HIGHEST_RATE}; ` +
    `searched further, afterwards, they take and come to: ${named.join(", ")}. The leads are ` +
    `then ${leads}. `
  );
}

/** The lead where a network that had taken the highest rate was searched further. */
function furtherLead(finals: readonly Done[], kind: string, images: number): MeanInterval | null {
  const [cnn, mlp] = [CNN, kind].map((one) => {
    const further = reached(finals, one, FURTHER, images);
    return further.length > 0 ? further : reached(finals, one, TUNED, images);
  });
  return cnn!.length < 2 ? null : pairedInterval(cnn!, mlp!);
}

function columns(sizesOfSet: readonly number[]): string[] {
  return cells(sizesOfSet, (regime, images) => `${regime}, ${images.toLocaleString("en-US")}`);
}

function cells(
  sizesOfSet: readonly number[],
  cell: (regime: string, images: number) => string,
): string[] {
  return sizesOfSet.flatMap((images) => REGIMES.map((regime) => cell(regime, images)));
}

export function settingName(kind: string, regime: string, images: number): string {
  return `${kind}; ${regime}; ${images.toLocaleString("en-US")} images`;
}
