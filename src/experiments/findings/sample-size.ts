/** What came of sample-size: errors by the number of images, and how many are saved. */
import { lineChart } from "../../figures/index.js";
import { meanOf } from "../../statistics/index.js";
import { exp, log, tensor } from "../../tensor/index.js";
import {
  CHART_WIDTH,
  type Findings,
  type Measurement,
  ofSetting,
  type Verdict,
} from "../experiment.js";
import { type Claim, sortedClaims } from "../parts/expected.js";
import { cnnAndMlp } from "../parts/plain-mlp.js";
import { runsSeries, summaryOf } from "../parts/summary.js";
import { percent, shareWithInterval } from "../parts/words.js";

export interface Options {
  /** One of {@link cnnAndMlp}. */
  readonly network: string;
  readonly images: number;
  readonly steps: number;
}

export interface Values {
  /** In the course of training, in nats and as a share: fitted images, not new ones. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
}

type Done = Measurement<Options, Values>;

function countsOf(measured: readonly Done[]): number[] {
  return [...new Set(measured.map(({ options }) => options.images))];
}

/** Test images misclassified, by seed. */
function errors(measured: readonly Done[], network: string, images: number): number[] {
  const runs = ofSetting(measured, settingName(network, images));
  return runs.map(({ values }) => 1 - values.testAccuracy);
}

/** How many errors the fully connected network makes for each one of the other, by seed. */
function ratios(measured: readonly Done[], images: number): number[] {
  const [cnn, mlp] = ["cnn", "mlp"].map((network) => errors(measured, network, images));
  return mlp!.map((error, seed) => error / cnn![seed]!);
}

const logOf = (value: number): number => log(tensor([value])).get(0);
const expOf = (value: number): number => exp(tensor([value])).get(0);

/**
 * With how many images the convolutional network makes as many errors as the other one with
 * `images`: on a straight line, in log axes, between two numbers that were measured. Null where
 * even the smallest number is enough.
 */
export function imagesForSameError(measured: readonly Done[], images: number): number | null {
  const counts = countsOf(measured);
  const wanted = logOf(summaryOf(errors(measured, "mlp", images)).mean);
  const reached = counts.map((count) => logOf(summaryOf(errors(measured, "cnn", count)).mean));
  const after = reached.findIndex((error) => error <= wanted);
  if (after < 1) return null;
  const share = (reached[after - 1]! - wanted) / (reached[after - 1]! - reached[after]!);
  const [from, to] = [logOf(counts[after - 1]!), logOf(counts[after]!)];
  return Math.round(expOf(from + share * (to - from)));
}

export function findings(measured: readonly Done[]): Findings {
  const counts = countsOf(measured);
  const names = Object.keys(cnnAndMlp);
  const runs = (network: string): number[][] => {
    const columns = counts.map((images) => errors(measured, network, images));
    return columns[0]!.map((_, seed) => columns.map((column) => column[seed]!));
  };
  const row = (images: number): string[] => {
    const { mean, low, high } = summaryOf(ratios(measured, images));
    return [
      images.toLocaleString("en-US"),
      ...names.map((network) => shareWithInterval(errors(measured, network, images))),
      `${mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`,
      imagesForSameError(measured, images)?.toLocaleString("en-US") ?? "–",
    ];
  };
  return {
    tables: [
      {
        caption:
          "Test images misclassified, errors of the fully connected network (mlp) for each " +
          "error of the convolutional one (paired by seed), and how many images the latter " +
          "needs to be as good as the mlp: means and Student's intervals at 95 %.",
        head: ["images", ...names, "mlp / cnn", "cnn needs"],
        rows: counts.map(row),
      },
    ],
    figures: [
      {
        file: "errors.svg",
        alt: "Test images misclassified against the number of training images, on log axes.",
        svg: lineChart({
          title: "Errors by number of training images",
          description: "Two falling lines on log axes with their intervals, and each seed's.",
          width: CHART_WIDTH,
          x: { label: "training images", scale: "log" },
          y: { label: "test images misclassified", scale: "log", format: "percent" },
          series: names.map((network) => runsSeries(network, counts, runs(network))),
        }),
      },
    ],
  };
}

/** By how much the logarithm of the error grows with that of the number of images. */
export function slope(measured: readonly Done[], network: string): number {
  const counts = countsOf(measured);
  const xs = counts.map(logOf);
  const ys = counts.map((images) => logOf(meanOf(errors(measured, network, images))));
  const [meanX, meanY] = [meanOf(xs), meanOf(ys)];
  const product = (a: readonly number[], meanA: number): number =>
    xs.reduce((sum, x, i) => sum + (x - meanX) * (a[i]! - meanA), 0);
  return product(ys, meanY) / product(xs, meanX);
}

export function verdict(measured: readonly Done[]): Verdict {
  const counts = countsOf(measured);
  const most = counts.at(-1)!;
  const enough = imagesForSameError(measured, most);
  const saved =
    enough === null
      ? ""
      : `What the fully connected network reaches with ${written(most)} images, the ` +
        `convolutional one reaches with about ${written(enough)}. `;
  return {
    shows: saved + sortedClaims(claims(measured, enough)),
    doesNotShow:
      "What the best network of each kind would do with so few images: nothing was tuned, " +
      "nothing regularised, and 1,800 steps are many passes through 100 images but only three " +
      "through 60,000, where both would still improve. The images of a handwritten digit are " +
      "centred and of one size; where objects move about, the lead should be larger.",
  };
}

function written(images: number): string {
  return images.toLocaleString("en-US");
}

/** @param enough how many images are enough for the convolutional network, if that is known */
function claims(measured: readonly Done[], enough: number | null): Claim[] {
  const counts = countsOf(measured);
  const [fewest, most] = [counts[0]!, counts.at(-1)!];
  const isBetter = counts.every((images) => summaryOf(ratios(measured, images)).low > 1);
  const slopes = ["cnn", "mlp"].map((network) => slope(measured, network));
  const named = slopes.map((one) => one.toFixed(2).replace("-", "−"));
  const times = enough === null ? null : most / enough;
  return [
    {
      text:
        `the convolutional network makes fewer errors with ` +
        `${isBetter ? "every number" : "not every number"} of images (every)`,
      holds: isBetter,
    },
    claimOfErrors(measured, fewest, [0.22, 0.29]),
    claimOfErrors(measured, most, [0.011, 0.022]),
    {
      text: `the slopes on log axes are ${named.join(" and ")} (−0.45, −0.4)`,
      holds: Math.abs(slopes[0]! + 0.45) < 0.05 && Math.abs(slopes[1]! + 0.4) < 0.05,
    },
    ...(times === null
      ? []
      : [
          {
            text: `it needs ${times.toFixed(1)} times fewer images (about 3)`,
            holds: times >= 2.5 && times <= 3.5,
          },
        ]),
  ];
}

/** Errors within a fifth of what was expected, their ratio within a tenth. */
function claimOfErrors(
  measured: readonly Done[],
  images: number,
  expected: readonly [cnn: number, mlp: number],
): Claim {
  const found = ["cnn", "mlp"].map((network) => meanOf(errors(measured, network, images)));
  const [ratio, wanted] = [found[0]! / found[1]!, expected[0] / expected[1]];
  const [errorsFound, errorsExpected] = [found, expected].map((shares) =>
    shares.map((share) => percent(share, 1)).join(" against "),
  );
  return {
    text:
      `with ${written(images)} images ${errorsFound}, a ratio of ${ratio.toFixed(2)} ` +
      `(${errorsExpected}, ${wanted.toFixed(2)})`,
    holds:
      Math.abs(ratio / wanted - 1) <= 0.1 &&
      found.every((one, i) => Math.abs(one / expected[i]! - 1) <= 0.2),
  };
}

export function settingName(network: string, images: number): string {
  return `${network}, ${images.toLocaleString("en-US")} images`;
}
