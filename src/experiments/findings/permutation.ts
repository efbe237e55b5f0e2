/** What came of permutation: what each network loses when pixels are shuffled. */
import { intervalChart } from "../../figures/index.js";
import { type MeanInterval, meanOf, pairedInterval } from "../../statistics/index.js";
import {
  CHART_WIDTH,
  type Findings,
  type Measurement,
  ofSetting,
  type Verdict,
} from "../experiment.js";
import { asExpected } from "../parts/expected.js";
import { rowOfRuns } from "../parts/many-runs.js";
import { cnnAndMlp } from "../parts/plain-mlp.js";
import { percent, points, shareWithInterval, size } from "../parts/words.js";

export interface Options {
  /** One of {@link cnnAndMlp}. */
  readonly network: string;
  readonly isShuffled: boolean;
  readonly epochs: number;
  readonly images: number;
}

export interface Values {
  readonly testAccuracy: readonly number[];
  readonly testLoss: readonly number[];
}

type Done = Measurement<Options, Values>;

/** Test accuracies after the last epoch, by seed. */
function reached(measured: readonly Done[], network: string, isShuffled: boolean): number[] {
  const runs = ofSetting(measured, settingName(network, isShuffled));
  return runs.map(({ values }) => values.testAccuracy.at(-1)!);
}

/** What shuffling changes, paired by seed; null with one seed. */
function change(measured: readonly Done[], network: string): MeanInterval | null {
  const [before, after] = [false, true].map((is) => reached(measured, network, is));
  return before!.length < 2 ? null : pairedInterval(after!, before!);
}

export function findings(measured: readonly Done[]): Findings {
  const names = Object.keys(cnnAndMlp);
  const written = (network: string): string => {
    const found = change(measured, network);
    return found === null ? "–" : points(found);
  };
  const rows = names.flatMap((network) =>
    [false, true].map((is) => {
      const errors = reached(measured, network, is).map((accuracy) => 1 - accuracy);
      return { ...rowOfRuns(settingName(network, is), errors), text: shareWithInterval(errors) };
    }),
  );
  return {
    tables: [
      {
        caption:
          "Test accuracy after the last epoch, and what shuffling changes in percentage points, " +
          "paired by seed: means and Student's intervals at 95 %.",
        head: ["network", "pixels in place", "pixels shuffled", "change"],
        rows: names.map((network) => [
          network,
          ...[false, true].map((is) => shareWithInterval(reached(measured, network, is))),
          written(network),
        ]),
      },
    ],
    figures: [
      {
        file: "errors.svg",
        alt: "Test images misclassified, by network and order of the pixels; a dot for each seed.",
        svg: intervalChart({
          title: "Errors with pixels in place and shuffled",
          description: "A dot for each seed, their mean and its interval; further left is better.",
          ...{ width: CHART_WIDTH, rows },
          x: { label: "test images misclassified", format: "percent" },
        }),
      },
    ],
  };
}

/** How much more is classified right by the convolutional network, paired by seed. */
function lead(measured: readonly Done[], isShuffled: boolean): MeanInterval | null {
  const [cnn, mlp] = ["cnn", "mlp"].map((network) => reached(measured, network, isShuffled));
  return cnn!.length < 2 ? null : pairedInterval(cnn!, mlp!);
}

/** What shuffling was expected to change for the convolutional network, and where it would end. */
const EXPECTED = { change: -0.03, low: 0.95, high: 0.965 };

export function verdict(measured: readonly Done[]): Verdict {
  const mean = (network: string, is: boolean): number => meanOf(reached(measured, network, is));
  const [plain, shuffled, mlp] = [mean("cnn", false), mean("cnn", true), mean("mlp", true)];
  const [ofMlp, ofCnn] = [change(measured, "mlp"), change(measured, "cnn")];
  const isUnchanged = ofMlp !== null && ofMlp.low <= 0 && ofMlp.high >= 0;
  const isAsLow = shuffled >= EXPECTED.low && shuffled <= EXPECTED.high;
  const isAsMuch = ofCnn === null || Math.abs(ofCnn.mean - EXPECTED.change) < 0.01;
  const isBelow = shuffled < mlp;
  const ofTheMlp =
    ofMlp === null
      ? ""
      : `Shuffling changes the fully connected network by ${points(ofMlp)} percentage points, an ` +
        `interval that ${isUnchanged ? "contains" : "does not contain"} 0` +
        `${asExpected(isUnchanged)}. `;
  const ofTheCnn =
    ofCnn === null ? "goes" : `${ofCnn.mean < 0 ? "loses" : "gains"} ${size(ofCnn)},`;
  return {
    shows:
      `${ofTheMlp}The convolutional one ${ofTheCnn} from ${percent(plain)} to ` +
      `${percent(shuffled)}${asExpected(isAsLow && isAsMuch)} (about three points less: from ` +
      `98.7 % to between 95 and 96.5 %). With shuffled pixels it is ` +
      `${isBelow ? "below" : "not below"} the fully connected one${asExpected(isBelow)}, which ` +
      `comes to ${percent(mlp)} (about 97.3 % was expected). It is the same network, so ` +
      "the difference comes from the order of the pixels alone. " +
      leads(measured),
    doesNotShow:
      "How the two compare when each is trained to its end, with a rate of its own: there were " +
      "3 epochs, and one rate for all. Which of windows, shared filters and " +
      "poolings makes the difference. Nor that a picture whose pixels are shuffled is lost: " +
      "neighbours are alike, so their order could be found again from the images themselves, " +
      "which no layer here tries.",
  };
}

/** How far apart the two networks are, in place and shuffled; nothing with one seed. */
function leads(measured: readonly Done[]): string {
  const [inPlace, shuffled] = [false, true].map((is) => lead(measured, is));
  if (inPlace == null || shuffled == null) return "";
  const isHarm = inPlace.low > 0 && shuffled.high < 0;
  const side = ({ mean }: MeanInterval): string => (mean < 0 ? "below" : "above");
  return (
    `With pixels in place it is ${size(inPlace)} ${side(inPlace)} the fully connected one, with ` +
    `shuffled pixels ${size(shuffled)} ${side(shuffled)} it` +
    `${isHarm ? `, not just level with it: ${HARM}` : ""}.`
  );
}

const HARM = "what helps where neighbours belong together does harm where they do not";

export function settingName(network: string, isShuffled: boolean): string {
  return `${network}, pixels ${isShuffled ? "shuffled" : "in place"}`;
}
