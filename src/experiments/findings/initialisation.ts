/** What came of initialisation: sizes before training, losses and accuracies after it. */
import { formatNumber, lineChart, type Point } from "../../figures/index.js";
import { meanOf } from "../../statistics/index.js";
import {
  CHART_WIDTH,
  type Figure,
  type Findings,
  type Measurement,
  ofSetting,
  type Table,
  type Verdict,
} from "../experiment.js";
import { atTheEnd, CHANCE } from "../parts/at-the-end.js";
import { type Claim, sortedClaims, twoClaims } from "../parts/expected.js";
import { type LayerSizes, toTheNext } from "../parts/layer-sizes.js";
import { medianOf, seriesOfRuns, shareOfRuns } from "../parts/many-runs.js";
import { percent } from "../parts/words.js";

export const SMALL = "deviation 0.01";
export const PYTORCH = "PyTorch's default";
export const GLOROT = "Glorot";
export const HE = "He";

export const ACTIVATIONS = ["tanh", "relu"] as const;
export type Activation = (typeof ACTIVATIONS)[number];

export const networks = ["mlp", "cnn"] as const;
export type Network = (typeof networks)[number];

export interface Options {
  readonly isSearch: boolean;
  readonly network: Network;
  readonly activation: Activation;
  readonly initialiser: string;
  readonly learningRate: number;
  readonly images: number;
  readonly epochs: number;
}

export interface Values {
  /** Before training, for each hidden layer behind its activation. */
  readonly sizes: LayerSizes;
  /** Means over {@link STEPS_TO_A_POINT} steps each. */
  readonly losses: readonly number[];
  /** After each epoch. */
  readonly testAccuracy: readonly number[];
  readonly stopped: string | null;
}

/** An epoch of 10,000 images has 157 steps. */
export const STEPS_TO_A_POINT = 26;

export type Done = Measurement<Options, Values>;

export function findings(measured: readonly Done[]): Findings {
  const finals = measured.filter(({ options }) => !options.isSearch);
  return {
    tables: [accuracyTable(finals), sizesTable(finals)],
    figures: [
      sizesFigure(finals, "outputs"),
      sizesFigure(finals, "gradients"),
      ...activationsOf(finals).map((activation) => lossFigure(finals, activation)),
    ].filter((one) => one !== null),
  };
}

function activationsOf(finals: readonly Done[]): Activation[] {
  return [...new Set(finals.map(({ options }) => options.activation))];
}

function initialisersOf(finals: readonly Done[]): string[] {
  return [...new Set(finals.map(({ options }) => options.initialiser))];
}

function runsOf(
  finals: readonly Done[],
  network: Network,
  activation: Activation,
  initialiser: string,
): Done[] {
  return ofSetting(finals, `${network}, ${activation}, ${initialiser}`);
}

/** A table with a row for each initialiser and a column for each network and activation. */
function tableOf(
  finals: readonly Done[],
  caption: string,
  cell: (runs: readonly Done[]) => string,
): Table {
  const columns = networks.flatMap((network) =>
    activationsOf(finals).map((activation) => ({ network, activation })),
  );
  return {
    caption,
    head: ["", ...columns.map(({ network, activation }) => `${network}, ${activation}`)],
    rows: initialisersOf(finals).map((initialiser) => [
      initialiser,
      ...columns.map(({ network, activation }) =>
        cell(runsOf(finals, network, activation, initialiser)),
      ),
    ]),
  };
}

function accuracyTable(finals: readonly Done[]): Table {
  const caption =
    "Test accuracy after the last epoch, with Student's interval at 95 %, and the rate that was " +
    "found.";
  return tableOf(finals, caption, (runs) => {
    const rate = runs[0]?.options.learningRate;
    return `${shareOfRuns(runs.map(({ values }) => atTheEnd(values)))}; ${rate}`;
  });
}

function sizesTable(finals: readonly Done[]): Table {
  const caption =
    "Before training: how many times as large the numbers are behind the last hidden layer as " +
    "behind the first, and the gradients at the first as at the last. Medians over the seeds.";
  return tableOf(
    finals,
    caption,
    (runs) =>
      `${ratioOf(runs, ({ outputs }) => [outputs.at(-1), outputs[0]])}; ` +
      ratioOf(runs, ({ gradients }) => [gradients[0], gradients.at(-1)]),
  );
}

type Pair = readonly [number | null | undefined, number | null | undefined];

function ratioOf(runs: readonly Done[], pairOf: (sizes: LayerSizes) => Pair): string {
  const ratios = runs.flatMap(({ values }) => {
    const [one, other] = pairOf(values.sizes);
    return one == null || !other ? [] : [one / other];
  });
  return ratios.length === 0 ? "–" : formatNumber(medianOf(ratios), 2);
}

function sizesFigure(finals: readonly Done[], what: keyof LayerSizes): Figure | null {
  const said = what === "outputs" ? "outputs" : "gradients by the outputs";
  const series = initialisersOf(finals).flatMap((initialiser) => {
    const runs = runsOf(finals, "mlp", "relu", initialiser);
    const curves = runs.map(({ values }) => sizeCurve(values.sizes[what]));
    return curves.some((curve) => curve.length > 0) ? [seriesOfRuns(initialiser, curves)] : [];
  });
  if (series.length === 0) return null;
  return {
    file: `${what}.svg`,
    alt: `Sizes of the ${said} by hidden layer of the rectified mlp, a line for each initialiser.`,
    svg: lineChart({
      title: `Sizes of the ${said} before training`,
      description: "Fully connected with relu; a thin line for each seed and their mean.",
      width: CHART_WIDTH,
      x: { label: "hidden layer" },
      y: { label: "root mean square", scale: "log" },
      series,
    }),
  };
}

/** What is 0 or not finite has no place on a logarithmic axis. */
function sizeCurve(sizes: readonly (number | null)[]): Point[] {
  return sizes.flatMap((size, i): Point[] => (size ? [[i + 1, size]] : []));
}

function lossFigure(finals: readonly Done[], activation: Activation): Figure | null {
  const series = initialisersOf(finals).flatMap((initialiser) => {
    const curves = runsOf(finals, "mlp", activation, initialiser)
      .filter(({ values }) => values.stopped === null && values.losses.length > 0)
      .map(({ values }) => values.losses.map(pointAt));
    return curves.length > 0 ? [seriesOfRuns(initialiser, curves)] : [];
  });
  if (series.length === 0) return null;
  return {
    file: `losses-${activation}.svg`,
    alt: `Training loss by step with ${activation}, a line for each initialiser.`,
    svg: lineChart({
      title: `Training loss with ${activation}`,
      description: `Fully connected; means over ${STEPS_TO_A_POINT} steps, a thin line a seed.`,
      width: CHART_WIDTH,
      x: { label: "step" },
      y: { label: "loss in nats" },
      series,
    }),
  };
}

function pointAt(loss: number, i: number): Point {
  return [(i + 1) * STEPS_TO_A_POINT, loss];
}

/** The initialisers of one network and activation with their mean accuracies, the best first. */
function ranking(finals: readonly Done[], network: Network, activation: Activation): Ranked[] {
  return initialisersOf(finals)
    .map((name) => {
      const runs = runsOf(finals, network, activation, name);
      return { name, mean: meanOf(runs.map(({ values }) => atTheEnd(values))) };
    })
    .sort((a, b) => b.mean - a.mean);
}

interface Ranked {
  readonly name: string;
  readonly mean: number;
}

export function verdict(measured: readonly Done[]): Verdict {
  const finals = measured.filter(({ options }) => !options.isSearch);
  return {
    shows:
      `${answer(finals)} ` +
      sortedClaims([
        ...claimsOfSizes(finals),
        ...claimsOfSmall(finals),
        ...claimsOfRelu(finals),
        ...claimsOfTanh(finals),
        claimOfConvolutions(finals),
      ]) +
      " Where biases are drawn like weights, as PyTorch draws them, numbers cannot shrink below " +
      "what the biases add, which the prediction did not think of: it was made from weights alone.",
    doesNotShow:
      "What a longer training makes of a bad start, or another optimizer: Adam divides by the " +
      "size of a gradient and forgives more. The rate was searched with one seed and steps of a " +
      "factor of 3. Networks with normalisation or residual blocks are another matter: see " +
      "batch-norm and depth.",
  };
}

/** What each start comes to at least and at most, over the networks and their activations. */
function answer(finals: readonly Done[]): string {
  const ranges = initialisersOf(finals).map((name) => {
    const means = networks.flatMap((network) =>
      activationsOf(finals).map((activation) => accuracies(finals, network, activation).get(name)!),
    );
    const [least, most] = [Math.min, Math.max].map((of) => percent(of(...means), 1));
    return `${name} ${least} to ${most}`;
  });
  return `Over the networks, in the end: ${ranges.join("; ")}.`;
}

/** By which factor a layer of the rectified mlp was expected to change the numbers. */
const EXPECTED_FACTORS: Readonly<Record<string, number>> = {
  [SMALL]: 0.06,
  "deviation 1": 6,
  [PYTORCH]: 0.4,
  [GLOROT]: 0.7,
  [HE]: 1,
};

function claimsOfSizes(finals: readonly Done[]): Claim[] {
  const curves = (name: string, what: keyof LayerSizes) =>
    runsOf(finals, "mlp", "relu", name).map(({ values }) => values.sizes[what]);
  const directions: [string, (name: string) => number][] = [
    ["numbers grow", (name) => 1 / toTheNext(curves(name, "outputs"))],
    ["gradients grow on their way back", (name) => toTheNext(curves(name, "gradients"))],
  ];
  return directions.flatMap(([what, factorOf]) => {
    const each = initialisersOf(finals).map((name): Claim => {
      const [factor, expected] = [factorOf(name), EXPECTED_FACTORS[name]!];
      // a quarter more or less in each layer is five times more or less behind all of them
      const holds = factor / expected <= 1.25 && expected / factor <= 1.25;
      return { text: `${name} ${formatNumber(factor, 2)} (${expected})`, holds };
    });
    return twoClaims(each, (named) => `${what} in each layer by ${named}`);
  });
}

function claimsOfSmall(finals: readonly Done[]): Claim[] {
  const each = networks.flatMap((network) =>
    activationsOf(finals).flatMap((activation) =>
      ranking(finals, network, activation)
        .filter(({ name }) => name === SMALL)
        .map(({ mean }) => ({
          text: `${percent(mean, 1)} (${network} with ${activation})`,
          holds: mean < CHANCE,
        })),
    ),
  );
  return twoClaims(each, (named) => `${SMALL} comes to ${named} (nothing learned)`);
}

function claimsOfRelu(finals: readonly Done[]): Claim[] {
  const reached = accuracies(finals, "mlp", "relu");
  const [pytorch, glorot, best] = [PYTORCH, GLOROT, HE].map((name) => reached.get(name));
  const claims: Claim[] = [];
  if (best === undefined) return claims;
  claims.push({ text: `the mlp with relu: He ${percent(best, 1)} (92)`, holds: best >= 0.92 });
  if (glorot !== undefined) {
    const holds = Math.abs(glorot - best) <= 0.01;
    claims.push({ text: `Glorot ${percent(glorot, 1)} (within one point of He)`, holds });
  }
  if (pytorch !== undefined)
    claims.push({ text: `${PYTORCH} ${percent(pytorch, 1)} (above 80)`, holds: pytorch > 0.8 });
  return claims;
}

function claimsOfTanh(finals: readonly Done[]): Claim[] {
  if (!activationsOf(finals).includes("tanh")) return [];
  const [best] = ranking(finals, "mlp", "tanh");
  const reached = accuracies(finals, "mlp", "tanh");
  const [glorot, large] = [GLOROT, "deviation 1"].map((name) => reached.get(name)!);
  return [
    {
      text:
        `with tanh Glorot comes to ${percent(glorot!, 1)}, the best, ${best!.name}, to ` +
        `${percent(best!.mean, 1)} (the best, or half a point below)`,
      holds: best!.mean - glorot! <= 0.005,
    },
    { text: `deviation 1 to ${percent(large!, 1)} (below 80)`, holds: large! < 0.8 },
  ];
}

function claimOfConvolutions(finals: readonly Done[]): Claim {
  const orders = activationsOf(finals).map((activation) => {
    const [mlp, cnn] = (["mlp", "cnn"] as const).map((network) =>
      ranking(finals, network, activation),
    );
    const named = cnn!.map(({ name, mean }) => `${name} ${percent(mean, 1)}`).join(", ");
    const isSame = mlp!.every(({ name }, i) => name === cnn![i]!.name);
    return { isSame, text: `with ${activation}, the best first, ${named}` };
  });
  return {
    text: `the convolutions, ${orders.map(({ text }) => text).join("; ")} (the mlp's order)`,
    holds: orders.every(({ isSame }) => isSame),
  };
}

function accuracies(
  finals: readonly Done[],
  network: Network,
  activation: Activation,
): ReadonlyMap<string, number> {
  return new Map(ranking(finals, network, activation).map(({ name, mean }) => [name, mean]));
}
