/** What came of depth: accuracy and gradients by the number of layers. */
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
import { atTheEnd } from "../parts/at-the-end.js";
import { asExpected, type Claim, sortedClaims } from "../parts/expected.js";
import { type LayerSizes, toTheNext } from "../parts/layer-sizes.js";
import { medianOf, seriesOfRuns, shareOfRuns } from "../parts/many-runs.js";
import { inPoints, percent } from "../parts/words.js";

export const PYTORCH = "PyTorch's default";
export const STARTS = ["He", PYTORCH] as const;
export type Start = (typeof STARTS)[number];

export const kinds = ["plain", "residual", "batch norm"] as const;
export type Kind = (typeof kinds)[number];

export interface Options {
  readonly isSearch: boolean;
  readonly kind: Kind;
  readonly start: Start;
  readonly depth: number;
  readonly learningRate: number;
  readonly images: number;
  readonly epochs: number;
}

export interface Values {
  /** Before training, for each hidden layer. */
  readonly sizes: LayerSizes;
  /** After each epoch. */
  readonly testAccuracy: readonly number[];
  readonly trainAccuracy: readonly number[];
  readonly stopped: string | null;
}

export function settingName(kind: Kind, start: Start, layers: number): string {
  return `${kind}, ${start}, depth ${layers}`;
}

export type Done = Measurement<Options, Values>;

export function findings(measured: readonly Done[]): Findings {
  const finals = measured.filter(({ options }) => !options.isSearch);
  return {
    tables: [accuracyTable(finals), gradientTable(finals)],
    figures: [accuracyFigure(finals), gradientFigure(finals)],
  };
}

/** Each kind with each start. */
const NETWORKS = STARTS.flatMap((start) =>
  kinds.map((kind) => ({ kind, start, name: `${kind}, ${start}` })),
);

function depthsOf(finals: readonly Done[]): number[] {
  return [...new Set(finals.map(({ options }) => options.depth))];
}

function tableOf(
  finals: readonly Done[],
  caption: string,
  cell: (runs: readonly Done[]) => string,
): Table {
  return {
    caption,
    head: ["", ...depthsOf(finals).map((layers) => `${layers} hidden layers`)],
    rows: NETWORKS.map(({ kind, start, name }) => [
      name,
      ...depthsOf(finals).map((layers) =>
        cell(ofSetting(finals, settingName(kind, start, layers))),
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

function gradientTable(finals: readonly Done[]): Table {
  const caption =
    "Before training: how many times as large the gradient is at the first hidden layer as at " +
    "the last. Medians over the seeds.";
  return tableOf(finals, caption, (runs) => {
    const ratios = runs.flatMap((one) => gradientRatio(one) ?? []);
    return ratios.length === 0 ? "–" : formatNumber(medianOf(ratios), 2);
  });
}

/** Null where one of them is not finite, or the last is 0. */
function gradientRatio({ values: { sizes } }: Done): number | null {
  const [first, last] = [sizes.gradients[0], sizes.gradients.at(-1)];
  return first == null || !last ? null : first / last;
}

function accuracyFigure(finals: readonly Done[]): Figure {
  const curves = (kind: Kind, start: Start): Point[][] => {
    const runs = depthsOf(finals).flatMap((layers) =>
      ofSetting(finals, settingName(kind, start, layers)),
    );
    return [...new Set(runs.map(({ seed }) => seed))].map((seed) =>
      runs
        .filter((one) => one.seed === seed)
        .map(({ options, values }): Point => [options.depth, atTheEnd(values)]),
    );
  };
  return {
    file: "accuracy.svg",
    alt: "Test accuracy by depth, a line for each kind of network and start.",
    svg: lineChart({
      title: "Accuracy by depth",
      description: "Test accuracy in the end; a thin line for each seed, and their mean.",
      width: CHART_WIDTH,
      x: { label: "hidden layers", scale: "log" },
      y: { label: "test accuracy", format: "percent" },
      series: NETWORKS.map(({ kind, start, name }) => seriesOfRuns(name, curves(kind, start))),
    }),
  };
}

function gradientFigure(finals: readonly Done[]): Figure {
  const layers = Math.max(...depthsOf(finals));
  return {
    file: "gradients.svg",
    alt: `Sizes of gradients by layer in the networks of ${layers} hidden layers, before training.`,
    svg: lineChart({
      title: `Gradients through ${layers} hidden layers, before training`,
      description:
        "With respect to the layers' outputs; a thin line for each seed, and their mean.",
      width: CHART_WIDTH,
      x: { label: "hidden layer" },
      y: { label: "root mean square", scale: "log" },
      series: NETWORKS.map(({ kind, start, name }) =>
        seriesOfRuns(name, ofSetting(finals, settingName(kind, start, layers)).map(gradientCurve)),
      ),
    }),
  };
}

/** What is 0 or not finite has no place on a logarithmic axis. */
function gradientCurve({ values: { sizes } }: Done): Point[] {
  return sizes.gradients.flatMap((size, i): Point[] => (size ? [[i + 1, size]] : []));
}

export function verdict(measured: readonly Done[]): Verdict {
  const finals = measured.filter(({ options }) => !options.isSearch);
  const depths = depthsOf(finals);
  const [shallow, deep] = [Math.min(...depths), Math.max(...depths)];
  const said = NETWORKS.map(({ kind, start, name }) => {
    const [first, last] = [shallow, deep].map((layers) => runsOf(finals, kind, start, layers));
    return `${name}: ${percent(mean(first!), 1)} and ${percent(mean(last!), 1)}, ${ratioOf(last!)}`;
  });
  const deeper = depths.filter((layers) => layers > shallow);
  return {
    shows:
      `Accuracy with ${shallow} and with ${deep} hidden layers, and the gradient at the first of ` +
      `${deep} as a multiple of that at the last: ${said.join("; ")}. ` +
      (deeper.length === 0
        ? ""
        : `${gainOfDepth(finals, shallow, deeper)} ${sortedClaims(claims(finals, shallow, deep))}`),
    doesNotShow:
      "What depth is good for: 64 units and digits ask for none, and where it pays, in " +
      "convolutional networks on photographs, nothing was tried. Two epochs: the deep ones may " +
      "catch up. A gradient that is small by a constant factor can be made up for by the rate, " +
      "which was searched with one seed.",
  };
}

function runsOf(finals: readonly Done[], kind: Kind, start: Start, layers: number): Done[] {
  return ofSetting(finals, settingName(kind, start, layers));
}

function mean(runs: readonly Done[]): number {
  return meanOf(runs.map(({ values }) => atTheEnd(values)));
}

function medianRatio(runs: readonly Done[]): number | null {
  const ratios = runs.flatMap((one) => gradientRatio(one) ?? []);
  return ratios.length === 0 ? null : medianOf(ratios);
}

/** Of gradients, as a table has it. */
function ratioOf(runs: readonly Done[]): string {
  const ratio = medianRatio(runs);
  return ratio === null ? "–" : formatNumber(ratio, 2);
}

/** The best network with more layers beside the best with the fewest. */
function gainOfDepth(finals: readonly Done[], shallow: number, deeper: readonly number[]): string {
  const best = (depths: readonly number[]) =>
    depths
      .flatMap((layers) =>
        NETWORKS.map(({ kind, start, name }) => ({
          name: `${name}, ${layers} layers`,
          accuracy: mean(runsOf(finals, kind, start, layers)),
        })),
      )
      .reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const [few, more] = [best([shallow]), best(deeper)];
  const gain = more.accuracy - few.accuracy;
  return (
    `The best of the deeper networks (${more.name}: ${percent(more.accuracy)}) is ` +
    `${inPoints(Math.abs(gain), 2)} points ${gain < 0 ? "below" : "above"} the best with ` +
    `${shallow} (${percent(few.accuracy)}): depth brings ` +
    `${gain < 0.005 ? "nothing" : "something"} here${asExpected(gain < 0.005)}.`
  );
}

/** All that was expected but for the gain of depth, in the order of the prediction. */
function claims(finals: readonly Done[], shallow: number, deep: number): Claim[] {
  const at = (kind: Kind, start: Start, layers: number) => runsOf(finals, kind, start, layers);
  const loss = (kind: Kind, start: Start): number =>
    mean(at(kind, start, shallow)) - mean(at(kind, start, deep));
  const said = (share: number): string => inPoints(share);
  const plain = STARTS.map((start) => mean(at("plain", start, shallow)));
  const normLosses = STARTS.map((start) => loss("batch norm", start));
  const starts = depthsOf(finals).map((layers) => {
    const [one, other] = STARTS.map((start) => mean(at("batch norm", start, layers)));
    return Math.abs(one! - other!);
  });
  const left = toTheNext(at("plain", PYTORCH, deep).map(({ values }) => values.sizes.gradients));
  const outputs =
    1 / toTheNext(at("residual", "He", deep).map(({ values }) => values.sizes.outputs));
  const [heLoss, residualLoss] = [loss("plain", "He"), loss("residual", PYTORCH)];
  return [
    {
      text: `${shallow} plain layers reach ${plain.map(said).join(" and ")} % (95.5)`,
      holds: plain.every((one) => Math.abs(one - 0.955) < 0.005),
    },
    {
      text: `a plain layer with PyTorch's weights leaves ${left.toFixed(2)} of the gradient (0.4)`,
      holds: Math.abs(left - 0.4) < 0.05,
    },
    ...MANY.flatMap((layers) => claimOfFading(layers, at("plain", PYTORCH, layers))),
    {
      text: `plain with He's weights loses ${said(heLoss)} points to depth (one or two)`,
      holds: heLoss < 0.025,
    },
    ...claimOfGradient(finals),
    ...claimOfRate(at("residual", "He", shallow), at("residual", "He", deep)),
    {
      text: `outputs of residual blocks with He's weights grow by ${outputs.toFixed(1)} each (1.4)`,
      holds: Math.abs(outputs - 1.4) < 0.1,
    },
    {
      text: `residual with PyTorch's weights loses ${said(residualLoss)} points (less than one)`,
      holds: residualLoss < 0.01,
    },
    {
      text: `the start changes batch norm by ${said(Math.max(...starts))} points at most (none)`,
      holds: Math.max(...starts) < 0.005,
    },
    {
      text: `batch norm loses ${normLosses.map(said).join(" and ")} points (one or two)`,
      holds: normLosses.every((one) => one < 0.025),
    },
  ];
}

/** Depths of which something was expected in particular. */
const MANY = [8, 16];

function claimOfFading(layers: number, runs: readonly Done[]): Claim[] {
  if (runs.length === 0) return [];
  const isAtChance = mean(runs) < 0.2;
  const expected = layers < 16 ? "some points behind" : "chance";
  return [
    {
      text: `plain with PyTorch's, ${layers} layers has ${percent(mean(runs))} (${expected})`,
      holds: layers < 16 ? !isAtChance : isAtChance,
    },
  ];
}

function claimOfGradient(finals: readonly Done[]): Claim[] {
  const found = MANY.flatMap((layers) => {
    const ratio = medianRatio(runsOf(finals, "residual", "He", layers));
    return ratio === null ? [] : [{ layers, ratio }];
  });
  if (found.length === 0) return [];
  const sizes = found.map(({ ratio }) => formatNumber(ratio, 2)).join(" and ");
  return [
    {
      text:
        `over ${found.map(({ layers }) => layers).join(" and ")} residual layers with He's ` +
        `weights gradients grow ${sizes} times (at most 10)`,
      holds: found.every(({ ratio }) => ratio <= 10),
    },
  ];
}

function claimOfRate(few: readonly Done[], many: readonly Done[]): Claim[] {
  const [first, last] = [few, many].map((runs) => runs[0]!.options.learningRate);
  const isVain = mean(many) < 0.2;
  return [
    {
      text:
        `the rate of residual with He's weights goes from ${first} to ${last} (lower)` +
        (isVain ? ", though no rate that was tried trains the deepest" : ""),
      holds: last! < first!,
    },
  ];
}
