/** Rectifiers that are dead, and what the time goes into. */
import { type Direction, measureLayers, quickEffort } from "../bench/index.js";
import {
  barChart,
  figure,
  formatNumber,
  formatPercent,
  type Section,
  table,
} from "../figures/index.js";
import { deadUnits } from "./dead-units.js";
import type { ReportedRun } from "./run.js";
import { card, counted, paragraph } from "./section.js";

export async function rectifiersSection(run: ReportedRun): Promise<Section> {
  const heading = { id: "rectifiers", heading: "Dead rectifiers" };
  const { images, layers } = await deadUnits(run);
  if (layers.length === 0)
    return { ...heading, body: [paragraph("Left out: this network has no rectifier (relu).")] };
  const some = counted(images, "test image");
  return {
    ...heading,
    body: [
      paragraph(
        `A unit that is 0 for every training image gets no gradient, so nothing teaches it any ` +
          `more. This counts those that are 0 for the first ${some}: a few of them may still be ` +
          "switched on by other images. Units of one map share their weights, so what learns no " +
          "more is a dead map. Where all images are black, as at the edges of MNIST's, some dead " +
          "units are to be expected.",
      ),
      table({
        caption: `Units that no image of the first ${images} switches on`,
        head: ["layer", "units", "dead", "share", "dead maps", "zeros among all outputs"],
        rows: layers.map(({ layer, units, dead, deadChannels, zeros }) => [
          ...[layer, units, dead, formatPercent(dead / units)],
          deadChannels === null ? "–" : `${deadChannels.dead} of ${deadChannels.of}`,
          formatPercent(zeros),
        ]),
      }),
    ],
  };
}

export async function timeSection({ backend, train, recipe }: ReportedRun): Promise<Section> {
  const batch = Math.min(recipe.batchSize, train.images.count);
  const { parts, wholeMicroseconds } = await measureLayers(
    ...([backend, train, quickEffort, batch, recipe] as const),
  );
  const layers = [...new Set(parts.map(({ name }) => name))];
  const time = (name: string, direction: Direction | null): number =>
    parts.find((part) => part.name === name && part.direction === direction)
      ?.microsecondsPerImage ?? 0;
  const bars = layers.map((name) => {
    const values = [time(name, "forward"), time(name, "backward"), time(name, null)];
    return { name, values, text: formatNumber(values.reduce((sum, one) => sum + one, 0)) };
  });
  const draw = (width: number): string =>
    barChart({
      title: "Time of a training step, by layer",
      description: `A step takes ${formatNumber(wholeMicroseconds)} microseconds an image.`,
      width,
      x: { label: "microseconds an image" },
      parts: ["forward", "backward", "other"],
      bars,
    });
  return {
    id: "time",
    heading: "Time",
    body: [
      paragraph(
        `Steps of ${counted(batch, "image")}, measured when this page was written: ` +
          `${formatNumber(wholeMicroseconds)} µs an image for a step that is left alone. Layers ` +
          "that run as one have one bar.",
      ),
      card(figure(draw, "")),
    ],
  };
}
