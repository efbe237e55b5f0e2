/** Runs with several seeds of each recipe: whether recipes differ, not only two networks. */
import { figure, formatNumber, intervalChart, type Section, table } from "../figures/index.js";
import { meanInterval, pairedInterval } from "../statistics/index.js";
import type { ComparedRun } from "./compared-run.js";
import { card, counted, paragraph } from "./section.js";

/** Runs of one recipe, as long and on the same test images. */
interface Group {
  readonly recipe: string;
  readonly runs: readonly ComparedRun[];
}

/** Those of which there are several, in the order in which they come. */
function groupsOf(runs: readonly ComparedRun[]): readonly Group[] {
  const groups = new Map<string, ComparedRun[]>();
  for (const run of runs) {
    const key = [run.testSet, run.parameters, run.log.length, run.recipe].join(" ");
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()]
    .filter((own) => own.length > 1)
    .map((own) => ({ recipe: own[0]!.recipe, runs: own }));
}

/** In percent. */
function accuracyOf({ isRight }: ComparedRun): number {
  return (100 * isRight.filter(Boolean).length) / isRight.length;
}

/** Accuracies of two recipes for the seeds that both were trained with. */
function pairsOf(first: Group, second: Group): readonly (readonly [number, number])[] {
  return first.runs.flatMap((run) => {
    const other = second.runs.find(({ seed }) => seed === run.seed);
    return other === undefined ? [] : [[accuracyOf(run), accuracyOf(other)] as const];
  });
}

export function recipesSection(runs: readonly ComparedRun[]): Section {
  const heading = { id: "recipes", heading: "Recipe by recipe" };
  const groups = groupsOf(runs);
  if (groups.length === 0) {
    const reason =
      "Left out: no recipe was trained more than once. Several seeds of each would show how " +
      "much of a difference is chance.";
    return { ...heading, body: [paragraph(reason)] };
  }
  const draw = (width: number): string =>
    intervalChart({
      title: "Test accuracy by recipe",
      description: "Every run a dot, with the mean of each recipe and its 95 % interval.",
      width,
      x: { label: "percent of the test images guessed right" },
      rows: groups.map(({ recipe, runs: own }) => {
        const { mean, low, high } = meanInterval(own.map(accuracyOf));
        const text = `${formatNumber(mean, 4)} ± ${formatNumber(high - mean, 2)}`;
        const name = `${recipe} (${counted(own.length, "run")})`;
        return { name, values: own.map(accuracyOf), mean, interval: [low, high], text };
      }),
    });
  return {
    ...heading,
    body: [
      paragraph(
        "Each dot is a run, each bar Student's 95 % interval of the mean over runs: it tells " +
          "where the mean of many more seeds may lie, on these test images.",
      ),
      card(figure(draw, "")),
      ...pairedTable(groups),
    ],
  };
}

/** Differences between recipes, seed by seed, where at least two seeds are common. */
function pairedTable([first, ...others]: readonly Group[]): string[] {
  const rows = others.flatMap((group) => {
    const pairs = pairsOf(group, first!);
    if (pairs.length < 2) return [];
    const { mean, low, high } = pairedInterval(
      pairs.map(([own]) => own),
      pairs.map(([, other]) => other),
    );
    const signed = (value: number): string => `${value > 0 ? "+" : ""}${formatNumber(value)}`;
    return [[group.recipe, pairs.length, signed(mean), `${signed(low)} to ${signed(high)}`]];
  });
  if (rows.length === 0) return [];
  const caption =
    `Seed by seed against ${first!.recipe}: ` + "Student's 95 % interval of the differences";
  return [
    table({ caption, head: ["recipe", "seeds in common", "percentage points", "interval"], rows }),
  ];
}
