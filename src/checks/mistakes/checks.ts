/**
 * All checks that the catalog of mistakes is held against: those that this project relies on, and
 * the weaker ones that are popular.
 */
import { belongsTo, chapters, runChapter } from "../derive/index.js";
import type { Check, CheckContext, CheckName, Finding, PopularCheckName } from "./check.js";
import { findingOf } from "./check.js";
import { dataCheck } from "./data-check.js";
import { layerChecks, popularLayerChecks } from "./layer-checks.js";
import { loopCheck } from "./loop-check.js";
import { networkChecks, popularNetworkChecks } from "./network-checks.js";

async function wrongEquation({
  chapters: wanted,
}: CheckContext): Promise<string | null | undefined> {
  const chosen = chapters.filter(
    (chapter) => belongsTo(chapter, wanted) && chapter.tags.some(({ hasBlock }) => hasBlock),
  );
  for (const chapter of chosen) {
    const wrong = (await runChapter(chapter)).find(({ verdict }) => verdict === "wrong");
    if (wrong !== undefined) return `(${wrong.tag}): ${wrong.problem}`;
  }
  return chosen.length === 0 ? undefined : null;
}

const derivation: Check<"derivation"> = {
  name: "derivation",
  description: "every equation of the chapter, executed",
  run: wrongEquation,
};
const [gradient, adjoint, recorded, largeNumbers] = layerChecks as [
  Check<CheckName>,
  Check<CheckName>,
  Check<CheckName>,
  Check<CheckName>,
];

/** The checks that this project relies on, in the order of its tables. */
export const checks: readonly Check<CheckName>[] = [
  gradient,
  adjoint,
  recorded,
  derivation,
  largeNumbers,
  ...networkChecks,
  loopCheck,
  dataCheck,
];
/** Weaker ones that are popular, to show what they overlook. */
export const popularChecks: readonly Check<PopularCheckName>[] = [
  ...popularLayerChecks,
  ...popularNetworkChecks,
];

/**
 * What every check says, {@link checks} and then {@link popularChecks}, one after the other. A
 * check that throws counts as one that has caught something.
 */
export async function runChecks(context: CheckContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of [...checks, ...popularChecks]) findings.push(await findingOf(check, context));
  return findings;
}
