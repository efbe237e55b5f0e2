/** Class numbers from the labels of files: how many there are, and what they are called. */
import { reject } from "../../tensor/index.js";
import type { ClassNumbers } from "../labelled-images.js";
import type { Part, Parts, Wanted } from "./part.js";
import { shownName } from "./shown-name.js";

export interface Classes {
  readonly classes: number;
  /** Null where they are called 0, 1, 2 … */
  readonly names: readonly string[] | null;
  readonly warnings: readonly string[];
}

/**
 * As many classes as the largest label says, or as there are names.
 *
 * @param labelsFrom the label of the first class
 * @throws InputError when most of the numbers that labels could be are those of no image
 */
export function classesOf(
  { train, test, classNames, labelNames = new Map() }: Parts,
  labelsFrom: number,
  wanted: Wanted,
): Classes {
  const parts = train === null ? [test] : [train, test];
  const counts = countLabels(parts);
  const used = counts.filter((count) => count > 0).length;
  const least = counts.findIndex((count) => count > 0);
  const classes = Math.max(1, classNames?.length ?? counts.length - labelsFrom);
  // a byte that was damaged would make a network of hundreds of classes
  if (wanted === "both" && 2 * used < classes) {
    const gap = counts.findIndex((count, label) => count === 0 && label >= least);
    const { where, labels } = parts.find((part) => part.labels.includes(counts.length - 1))!;
    reject(
      where,
      "labels that number the classes one by one",
      `${counts.length - 1} for image ${labels.indexOf(counts.length - 1)}, and none is ${gap}`,
      "the file is garbled, or its labels are no classes",
    );
  }
  const named =
    classNames ??
    Array.from(
      { length: classes },
      (_, n) => labelNames.get(n + labelsFrom) ?? String(n + labelsFrom),
    );
  const startsAtOne = labelsFrom === 0 && least === 1 && classNames === null && wanted === "both";
  const warnings = startsAtOne
    ? [
        `labels go from 1 to ${counts.length - 1} and none is 0: add --labels-from 1, or the ` +
          "network learns a class that no image has",
      ]
    : [];
  return { classes, names: namesOf(named), warnings };
}

/** @returns null where the names are the numbers of the classes */
function namesOf(given: readonly string[]): readonly string[] | null {
  const shown = given.map(shownName);
  // names that differ only in what is not shown are told apart by their numbers
  const taken = new Set<string>();
  const names = shown.map((name, n) => {
    const own = taken.has(name) ? `${name} (${n})` : name;
    taken.add(own);
    return own;
  });
  return names.every((name, n) => name === String(n)) ? null : names;
}

/** How many images have each label, up to the largest one. */
function countLabels(parts: readonly Part[]): number[] {
  const counts: number[] = [];
  for (const { labels } of parts)
    for (const label of labels) {
      while (counts.length <= label) counts.push(0);
      counts[label]!++;
    }
  return counts;
}

/** Labels as class numbers, from 0. */
export function shiftLabels(labels: ClassNumbers, from: number, where: string): ClassNumbers {
  const low = labels.findIndex((label) => label < from);
  if (low >= 0) reject(where, `labels from ${from} on`, `${labels[low]} for image ${low}`);
  return labels.map((label) => label - from);
}
