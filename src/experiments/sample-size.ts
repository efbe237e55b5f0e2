/** How many images a network needs, with neighbourhood built in and without. */
import { drawSubset } from "../data/index.js";
import { lineChart } from "../figures/index.js";
import { type NetworkDescription, notebookDescription } from "../network/index.js";
import { meanOf } from "../statistics/index.js";
import { exp, log, Random, tensor } from "../tensor/index.js";
import { adam } from "../training/index.js";
import {
  CHART_WIDTH,
  experiment,
  type Findings,
  type Measurement,
  ofSetting,
  seedsUpTo,
  type Unit,
  type Verdict,
} from "./experiment.js";
import type { Laboratory, Scale } from "./laboratory.js";
import { plainMlp } from "./parts/plain-mlp.js";
import { repeated } from "./parts/repeated.js";
import { runsSeries, summaryOf } from "./parts/summary.js";
import { trainClassifier } from "./parts/train-classifier.js";
import { type Claim, sortedClaims } from "./parts/expected.js";
import { percent, shareWithInterval } from "./parts/words.js";

const networks: Readonly<Record<string, NetworkDescription>> = {
  cnn: notebookDescription,
  mlp: plainMlp,
};

const BATCH = 100;

interface Size {
  readonly seeds: number;
  readonly steps: number;
  readonly images: readonly number[];
}

const sizes: Readonly<Record<Scale, Size>> = {
  full: {
    ...{ seeds: 5, steps: 1800 },
    images: [100, 300, 1000, 3000, 10_000, 30_000, 60_000],
  },
  quick: { seeds: 2, steps: 300, images: [100, 1000, 10_000] },
  tiny: { seeds: 1, steps: 3, images: [100, 300] },
};

interface Options {
  /** One of {@link networks}. */
  readonly network: string;
  readonly images: number;
  readonly steps: number;
}

interface Values {
  /** In the course of training, in nats and as a share: fitted images, not new ones. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
}

export const sampleSize = experiment<Options, Values>({
  name: "sample-size",
  question:
    "A network that knows which pixels are neighbours need not learn it. How many images does " +
    "that save?",
  prediction:
    "The convolutional network makes fewer errors with any number of images; the ratio of the " +
    "two errors grows from about 0.75 with 100 images (22 % against 29 %) to 0.5 with 60,000 " +
    "(1.1 % against 2.2 %). On log axes both curves are nearly straight, with slopes of −0.45 " +
    "and −0.4; the fully connected network needs about three times as many images for the same " +
    "error.",
  method:
    "The notes' network and one of 784 → 128 → 10 features, with as many parameters, trained on " +
    "100 to 60,000 images drawn for each seed, the same for both and each set part of the next " +
    "larger one. In any case 1,800 steps of 100 images, which are passed through in random " +
    "order again and again; Adam at 1e-3 without decay; nothing is chosen by the number of " +
    "images. 5 seeds, all test images; ratios are paired by seed, with Student's interval at 95 " +
    "%.",
  units(_done, scale) {
    const { seeds, steps, images: counts } = sizes[scale];
    return counts.flatMap((images) =>
      Object.keys(networks).flatMap((network) =>
        seedsUpTo(seeds).map(
          (seed): Unit<Options> => ({
            setting: settingName(network, images),
            seed,
            options: { network, images, steps },
          }),
        ),
      ),
    );
  },
  measure,
  findings,
  verdict,
});

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

function findings(measured: readonly Done[]): Findings {
  const counts = countsOf(measured);
  const names = Object.keys(networks);
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

function verdict(measured: readonly Done[]): Verdict {
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

function settingName(network: string, images: number): string {
  return `${network}, ${images.toLocaleString("en-US")} images`;
}

async function measure(
  { seed, options: { network, images, steps } }: Unit<Options>,
  laboratory: Laboratory,
): Promise<Values> {
  const { train, test } = laboratory.mnist;
  const random = new Random(seed);
  const drawn = train.gather(drawSubset(train.count, images, random.split("subset")));
  const { curves } = await trainClassifier(
    {
      network: networks[network]!,
      data: repeated(drawn, steps * BATCH, random.split("passes")),
      test,
      optimizer: adam({ learningRate: 1e-3 }),
      ...{ epochs: 1, batchSize: BATCH, shuffle: false },
    },
    seed,
    laboratory,
  );
  const { trainLoss, trainAccuracy, testLoss, testAccuracy } = curves;
  return {
    trainLoss: trainLoss[0]!,
    trainAccuracy: trainAccuracy[0]!,
    testLoss: testLoss[0]!,
    testAccuracy: testAccuracy[0]!,
  };
}
