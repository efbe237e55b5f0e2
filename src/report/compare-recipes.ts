/** Runs with several seeds of each recipe: whether recipes differ, not only two networks. */
import { figure, formatNumber, intervalChart, type Section, table } from "../figures/index.js";
import { meanInterval, pairedInterval } from "../statistics/index.js";
import type { ComparedRun } from "./compared-run.js";
import { card, counted, paragraph } from "./section.js";

/** Runs that only their seeds tell apart. */
interface Group {
  /** The recipe, and a run of it where another group has the same recipe. */
  readonly name: string;
  readonly runs: readonly ComparedRun[];
}

/**
 * Those of which there are several, in the order in which they come. A seed counts once: what has
 * the same seed is the same run again, and says nothing about chance.
 */
function groupsOf(runs: readonly ComparedRun[]): readonly Group[] {
  const groups = new Map<string, ComparedRun[]>();
  for (const run of runs) {
    const key = [run.testSet, run.log.length, run.recipe, run.setup].join("\n");
    const own = groups.get(key) ?? [];
    if (own.every(({ seed }) => seed !== run.seed)) groups.set(key, [...own, run]);
  }
  const several = [...groups.values()].filter((own) => own.length > 1);
  return several.map((own) => {
    const [{ recipe, name }] = own as [ComparedRun, ...ComparedRun[]];
    const isAlone = several.every((other) => other === own || other[0]!.recipe !== recipe);
    return { name: isAlone ? recipe : `${recipe}, as in ${name}`, runs: own };
  });
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
      "Left out: no recipe was trained with more than one seed, the rest being equal. Several " +
      "seeds of each would show how much of a difference is chance.";
    return { ...heading, body: [paragraph(reason)] };
  }
  const draw = (width: number): string =>
    intervalChart({
      title: "Test accuracy by recipe",
      description: "Every run a dot, with the mean of each recipe and its 95 % interval.",
      width,
      x: { label: "percent of the test images guessed right" },
      rows: groups.map(({ name: recipe, runs: own }) => {
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
    return [[group.name, pairs.length, signed(mean), `${signed(low)} to ${signed(high)}`]];
  });
  if (rows.length === 0) return [];
  const caption =
    `Seed by seed against ${first!.name}: ` + "Student's 95 % interval of the differences";
  return [
    table({ caption, head: ["recipe", "seeds in common", "percentage points", "interval"], rows }),
  ];
}
