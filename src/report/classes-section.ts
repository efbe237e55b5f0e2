/** Which classes are guessed right, and what they are taken for. */
import {
  figure,
  formatPercent,
  intervalChart,
  type IntervalRow,
  matrixChart,
  type Section,
  table,
  textWidth,
} from "../figures/index.js";
import { proportionInterval } from "../statistics/index.js";
import { confusionOf, countRight, type Predictions } from "./predictions.js";
import type { ReportedRun } from "./run.js";
import { card, cards, counted, paragraph } from "./section.js";

/** More rows than this are too many to read; then only the worst are shown. */
const MOST_ROWS = 40;
/** Two figures side by side fill a page. */
const WIDTHS = [340, 500] as const;
const MOST_PAIRS = 12;

export function classesSection({ classNames }: ReportedRun, predictions: Predictions): Section {
  const counts = confusionOf(predictions);
  const [right, count] = [countRight(predictions), predictions.count];
  const { low, high } = proportionInterval(right, count);
  // a table of many classes fills the page by itself
  const isSmall = classNames.length <= 12;
  const widths = isSmall ? WIDTHS : ([340, 1000] as const);
  const confused = fitsTelephone(classNames)
    ? figure((width) => confusion(counts, classNames, width), "", widths)
    : paragraph(`${classNames.length} classes are too many for a table of confusions.`);
  return {
    id: "classes",
    heading: "Classes",
    body: [
      paragraph(
        `${right.toLocaleString("en-US")} of ${counted(count, "test image")} are guessed right: ` +
          `${formatPercent(right / count, 4)}. As far as these images are drawn at random, the ` +
          `accuracy on others of their kind is between ${formatPercent(low, 4)} and ` +
          `${formatPercent(high, 4)} with a confidence of 95 % (Wilson's interval, as below).`,
      ),
      cards([
        {
          heading: "Accuracy by class, with 95 % intervals",
          figure: figure((width) => perClass(counts, classNames, width), "", widths),
        },
        ...(isSmall ? [{ heading: "Table of confusions", figure: confused }] : []),
      ]),
      ...(isSmall ? [] : [card(confused)]),
      pairs(counts, classNames),
    ],
  };
}

/** Whether cells of a table of confusions are large enough to be seen on the smallest screens. */
function fitsTelephone(names: readonly string[]): boolean {
  const [width, cell, margin] = [WIDTHS[0], 6, 20];
  const widest = names.reduce((most, name) => Math.max(most, textWidth(name)), 0);
  return names.length * cell + Math.min(0.3 * width, widest) + margin <= width;
}

function perClass(
  counts: readonly (readonly number[])[],
  names: readonly string[],
  width: number,
): string {
  const rows: (IntervalRow & { readonly mean: number })[] = counts.flatMap((row, c) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    if (total === 0) return [];
    const { low, high } = proportionInterval(row[c]!, total);
    const mean = row[c]! / total;
    const text = `${(100 * mean).toFixed(1)} % (${row[c]} of ${total})`;
    return [{ name: names[c]!, mean, interval: [low, high] as const, text }];
  });
  const isCut = rows.length > MOST_ROWS;
  const shown = isCut ? [...rows].sort((a, b) => a.mean - b.mean).slice(0, MOST_ROWS) : rows;
  const worst = rows.reduce((a, b) => (b.mean < a.mean ? b : a));
  return intervalChart({
    title: "Accuracy by class",
    description:
      `Share of each class that is guessed right, with 95 % intervals by Wilson` +
      `${isCut ? `; the ${MOST_ROWS} worst of ${rows.length} classes` : ""}. ` +
      `The worst is ${worst.name} with ${worst.text}.`,
    width,
    x: { label: "guessed right, with 95 % interval", format: "percent" },
    rows: shown,
  });
}

function confusion(
  counts: readonly (readonly number[])[],
  names: readonly string[],
  width: number,
): string {
  return matrixChart({
    title: "Table of confusions",
    description: "Rows are true classes, columns what they were taken for; right on the diagonal.",
    width: Math.min(width, 160 + 50 * names.length),
    kind: "confusion",
    rows: { label: "true class", names },
    columns: { label: "taken for", names },
    values: counts,
  });
}

/** What is confused most: also the table of confusions for those who cannot see the figure. */
function pairs(counts: readonly (readonly number[])[], names: readonly string[]): string {
  const all = counts.flatMap((row, label) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    return row.flatMap((count, guess) =>
      guess === label || count === 0 ? [] : [{ label, guess, count, total }],
    );
  });
  if (all.length === 0) return paragraph("Nothing is confused.");
  const most = all.sort((a, b) => b.count - a.count).slice(0, MOST_PAIRS);
  return table({
    caption: "What is confused most",
    head: ["true class", "taken for", "images", "of"],
    rows: most.map(({ label, guess, count, total }) => [
      names[label]!,
      names[guess]!,
      count,
      total,
    ]),
  });
}
