/** How the training went: loss, accuracy, learning rate, gradients and updates. */
import { figure, formatNumber, lineChart, type Section, type Series } from "../figures/index.js";
import type { EpochResult, StepMeasure } from "../training/index.js";
import { CARD_WIDTH, card, cards, counted, paragraph } from "./section.js";
import type { ReportedRun } from "./run.js";

const EPOCHS = { label: "epochs done", isWhole: true };
/** Two figures side by side fill a page. */
const WIDTHS = [340, 500] as const;
/** More lines than this cannot be told apart. */
const MOST_LINES = 6;

/** Loss, accuracy and learning rate. */
export function trainingSection({ log, measures }: ReportedRun): Section {
  const heading = { id: "training", heading: "Training" };
  if (log.length === 0)
    return { ...heading, body: [paragraph("Left out: no epoch has been finished yet.")] };
  const body = [
    cards([
      {
        heading: "Loss",
        figure: figure((width) => lossChart(log, measures, width), LOSS_NOTE, WIDTHS),
      },
      {
        heading: "Accuracy",
        figure: figure((width) => accuracyChart(log, width), "", WIDTHS),
      },
    ]),
    learningRate(measures),
  ];
  return { ...heading, body };
}

const LOSS_NOTE =
  "Training losses are means over an epoch in which the weights still changed, each image before " +
  "its update; test losses are those of the weights at its end.";

/** How many epochs are done after a step. */
function epochsAt({ epoch, step, steps }: StepMeasure): number {
  return epoch + step / steps;
}

function lossChart(
  log: readonly EpochResult[],
  measures: readonly StepMeasure[],
  width: number,
): string {
  const last = log.at(-1)!;
  const curve = (name: string, value: (one: EpochResult) => number): Series => {
    const points = log.map((one) => [one.epoch + 1, value(one)] as const);
    return { name, points, ...(log.length < 12 && { dots: points }) };
  };
  const steps = measures.map((one) => [epochsAt(one), one.loss] as const);
  const all = [...log.flatMap((one) => [one.trainLoss, one.testLoss]), ...steps.map(([, y]) => y)];
  const isPositive = all.every((loss) => loss > 0);
  return lineChart({
    title: "Loss",
    description:
      `Loss by epoch. After ${counted(last.epoch + 1, "epoch")} it is ` +
      `${formatNumber(last.trainLoss)} in training and ${formatNumber(last.testLoss)} on the ` +
      "test images.",
    width,
    x: EPOCHS,
    y: { label: "loss", scale: isPositive ? "log" : "linear" },
    series: [
      curve("training", ({ trainLoss }) => trainLoss),
      curve("test", ({ testLoss }) => testLoss),
      ...(steps.length > 1 ? [{ name: "single steps", points: steps, isGuide: true }] : []),
    ],
  });
}

function accuracyChart(log: readonly EpochResult[], width: number): string {
  const last = log.at(-1)!;
  const curve = (name: string, value: (one: EpochResult) => number): Series => {
    const points = log.map((one) => [one.epoch + 1, value(one)] as const);
    return { name, points, ...(log.length < 12 && { dots: points }) };
  };
  return lineChart({
    title: "Accuracy",
    description:
      `Share of images guessed right, by epoch. In the end ${formatNumber(last.testAccuracy, 4)} ` +
      "of the test images.",
    width,
    x: EPOCHS,
    y: { label: "images guessed right", format: "percent" },
    series: [
      curve("training", ({ trainAccuracy }) => trainAccuracy),
      curve("test", ({ testAccuracy }) => testAccuracy),
    ],
  });
}

function learningRate(measures: readonly StepMeasure[]): string {
  const rates = measures.map((one) => [epochsAt(one), one.learningRate] as const);
  if (rates.length === 0) return paragraph("The learning rate of single steps is not known.");
  if (rates.every(([, rate]) => rate === rates[0]![1]))
    return paragraph(`The learning rate was ${formatNumber(rates[0]![1])} in every step.`);
  const draw = (width: number): string =>
    lineChart({
      title: "Learning rate",
      description: "The learning rate that the schedule gave each step.",
      width,
      height: 150,
      x: EPOCHS,
      y: { label: "learning rate" },
      series: [{ name: "", points: rates }],
    });
  return card(figure(draw, ""));
}

/** Gradients and updates of every parameter over time. */
export function gradientSection({ measures }: ReportedRun): Section {
  const heading = { id: "gradients", heading: "Gradients and updates" };
  if (measures.length === 0)
    return {
      ...heading,
      body: [paragraph("Left out: this run was begun before these were measured.")],
    };
  const all = Object.keys(measures[0]!.gradientNorms);
  // biases behave like the weights beside them
  const weights = all.filter((name) => name.endsWith(".weight"));
  const names = (weights.length > 0 ? weights : all).slice(0, MOST_LINES);
  const lines = (sizes: "gradientNorms" | "updateRatios"): Series[] =>
    names.map((name) => ({
      name,
      points: measures.map((one) => [epochsAt(one), one[sizes][name] ?? Number.NaN] as const),
    }));
  const isDrawn = (series: readonly Series[]): boolean =>
    series.some(({ points = [] }) => points.some(([, value]) => value > 0));
  const draw = (sizes: "gradientNorms" | "updateRatios", title: string, label: string): string => {
    const series = lines(sizes).filter((one) => isDrawn([one]));
    if (series.length === 0) return paragraph("Left out: none of them is known and above 0.");
    const rules =
      sizes === "updateRatios" ? [{ axis: "y" as const, at: 1e-3, name: "1 in 1,000" }] : [];
    return lineChart({
      title,
      description: `${title} of ${names.join(", ")}, step by step, on a logarithmic axis.`,
      width: CARD_WIDTH,
      height: 210,
      x: EPOCHS,
      y: { label, scale: "log" },
      series,
      rules,
    });
  };
  const shown =
    names.length < all.length ? ` Shown are ${names.length} of ${all.length} parameters.` : "";
  return {
    ...heading,
    body: [
      paragraph(
        "Of some steps, at first many and later every 50th: how long the gradient of a " +
          "parameter is, and how far the step moved the parameter, as a share of its own " +
          "length. Updates of about a thousandth are common; much larger ones may undo what was " +
          `learned, and much smaller ones make training slow.${shown}`,
      ),
      cards([
        {
          heading: "Length of the gradient",
          figure: draw("gradientNorms", "Length of the gradient", "‖dW‖"),
        },
        {
          heading: "Length of the update, relative to the parameter",
          figure: draw("updateRatios", "Relative length of the update", "‖ΔW‖ / ‖W‖"),
        },
      ]),
    ],
  };
}
