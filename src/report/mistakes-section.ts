import { figure, formatNumber, pictures, type Section } from "../figures/index.js";
import { worstMistakes } from "./mistakes.js";
import type { Predictions } from "./predictions.js";
import type { ReportedRun } from "./run.js";
import { card, likelihood, paragraph } from "./section.js";
import { imageOf } from "./thumbnails.js";

const SHOWN = 24;
/** Pairs fill whole rows at these widths. */
const WIDTHS = [340, 900] as const;

/** The worst mistakes, each beside the training image that it most resembles. */
export function mistakesSection(run: ReportedRun, predictions: Predictions): Section {
  const heading = { id: "mistakes", heading: "Worst mistakes" };
  const worst = worstMistakes(predictions, run, SHOWN);
  if (worst.length === 0)
    return { ...heading, body: [paragraph("None: every test image is guessed right.")] };
  const { classes, probabilities } = predictions;
  const name = (c: number): string => run.classNames[c] ?? String(c);
  const chance = (image: number, c: number): string =>
    likelihood(probabilities[image * classes + c]!).replaceAll(" ", "\u00a0");
  const shown = worst.flatMap(({ index, label, guess, nearest }) => [
    imageOf(
      run.test,
      index,
      `said ${name(guess)}: ${chance(index, guess)}, ` +
        `is\u00a0${name(label)}: ${chance(index, label)}`,
    ),
    nearest === null
      ? { caption: `no ${name(label)} in training`, shape: [1, 1], values: [Number.NaN] }
      : imageOf(
          run.train,
          nearest.index,
          `nearest ${name(label)}: ${formatNumber(nearest.distance)}`,
        ),
  ]);
  const draw = (width: number): string =>
    pictures({
      title: `The ${worst.length} worst mistakes`,
      description:
        "Pairs of images: a test image with what it was taken for and what it is, with their " +
        "probabilities, and the nearest training image of the right class.",
      width,
      kind: "light",
      pictures: shown,
    });
  return {
    ...heading,
    body: [
      paragraph(
        "Test images whose right class was given the smallest probability. To the right of each " +
          "is the training image of the right class that is nearest to it, by the distance of " +
          "their pixels (√Σ of squared differences, pixels from 0 to 1): what the network could " +
          "have known.",
      ),
      card(figure(draw, "", WIDTHS)),
    ],
  };
}
