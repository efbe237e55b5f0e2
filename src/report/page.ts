/** The report of a run: one page that needs nothing else. */
import {
  contents,
  element,
  escape,
  facts,
  formatPercent,
  htmlPage,
  section,
  type Section,
  table,
} from "../figures/index.js";
import { summarise } from "../network/index.js";
import type { StopSignal } from "../tensor/index.js";
import { nextTurn } from "../training/index.js";
import { classesSection } from "./classes-section.js";
import { filtersSection } from "./filters-section.js";
import { rectifiersSection, timeSection } from "./health-section.js";
import { layersSection, looksSection } from "./inside-section.js";
import { mistakesSection } from "./mistakes-section.js";
import { countRight, predictAll } from "./predictions.js";
import type { ReportedRun } from "./run.js";
import { counted, paragraph } from "./section.js";
import { gradientSection, trainingSection } from "./training-section.js";

/**
 * What a run has learned, as a page in HTML.
 *
 * @param stop ends it before the next batch or section
 * @throws InputError when the network's outputs are not finite; what `stop` was aborted with
 */
export async function reportPage(run: ReportedRun, stop?: StopSignal): Promise<string> {
  const predictions = await predictAll(run, stop);
  const sections: Section[] = [];
  for (const write of [
    () => trainingSection(run),
    () => classesSection(run, predictions),
    () => mistakesSection(run, predictions),
    () => filtersSection(run),
    () => looksSection(run, predictions),
    () => layersSection(run, predictions),
    () => gradientSection(run),
    () => rectifiersSection(run),
    () => timeSection(run),
    () => descriptionSection(run),
  ]) {
    await nextTurn(); // a signal is an event
    stop?.throwIfAborted();
    sections.push(await write());
  }
  const accuracy = formatPercent(countRight(predictions) / predictions.count, 4);
  const epochs = run.log.length;
  const after = `after ${counted(epochs, "epoch")}`;
  const lead =
    `${run.recipe.name} ${epochs === 0 ? "within its first epoch" : after}: ${accuracy} of ` +
    `${counted(predictions.count, "test image")} guessed right.`;
  return htmlPage({
    title: run.name,
    body: [
      element("header", {}, [
        element("h1", {}, escape(run.name)),
        element("p", { class: "lead" }, escape(lead)),
      ]),
      contents(sections),
      element("main", {}, sections.map(section)),
    ],
  });
}

function descriptionSection(run: ReportedRun): Section {
  const { recipe, network, test, command } = run;
  const { channels = 1, height, width } = test.images;
  const rows = summarise(network, [1, channels, height, width]);
  const total = rows.reduce((sum, { parameters }) => sum + parameters, 0);
  return {
    id: "description",
    heading: "What it is, and how to repeat it",
    body: [
      ...(recipe.description === "" ? [] : [paragraph(`${recipe.name}: ${recipe.description}`)]),
      paragraph("This repeats it, bit for bit:"),
      element("pre", { tabindex: 0 }, element("code", {}, escape(command))),
      facts(run.facts),
      table({
        caption: `The network: ${counted(total, "parameter")}`,
        head: ["layer", "kind", "output", "parameters"],
        rows: rows.map(({ name, kind, outputShape, parameters }) => [
          ...[name, kind, outputShape.slice(1).join(" × ")],
          parameters.toLocaleString("en-US"),
        ]),
      }),
      element("details", {}, [
        element("summary", {}, "The whole recipe, as --recipe FILE.json takes it"),
        element(
          "pre",
          { tabindex: 0 },
          element("code", {}, escape(JSON.stringify(recipe, null, 2))),
        ),
      ]),
    ],
  };
}
