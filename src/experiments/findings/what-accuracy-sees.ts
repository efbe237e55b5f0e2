/** What came of what-accuracy-sees: which mistakes a learner would notice. */
import { type Mistake, mistakes, type SetupName, setups } from "../../checks/index.js";
import { intervalChart } from "../../figures/index.js";
import { meanInterval, proportionInterval, studentBound } from "../../statistics/index.js";
import {
  CHART_WIDTH,
  type Figure,
  type Findings,
  type Measurement,
  type Table,
  type Verdict,
} from "../experiment.js";
import { asExpected } from "../parts/expected.js";
import { counted, percent, shareInterval } from "../parts/words.js";

export interface Options {
  /** Of the catalog; null for the engine as it is. */
  readonly mistake: string | null;
  readonly setup: SetupName;
  readonly images: number;
  readonly testImages: number | null;
  readonly seeds: readonly number[];
}

export interface Values {
  /** With each of the seeds; null where training stopped. */
  readonly accuracies: readonly (number | null)[];
  /** Why; null where it did not. */
  readonly stopped: readonly (string | null)[];
}

type Done = Measurement<Options, Values>;

export function findings(measured: readonly Done[]): Findings {
  const judged = judge(measured);
  return {
    tables: [expectedTable(measured), themesTable(judged), namesTable(judged)],
    figures: [distanceFigure(judged)].filter((one) => one !== null),
  };
}

/** Where the right engine's next run is expected. */
interface Expected {
  readonly mean: number;
  readonly half: number;
  readonly count: number;
}

/** Of one setup: mean ± t · deviation · √(1 + 1/n). */
function expectedIn(measured: readonly Done[], setup: SetupName): Expected {
  const { values } = measured.find(({ options: o }) => o.mistake === null && o.setup === setup)!;
  const accuracies = values.accuracies.filter((one) => one !== null);
  const { mean, deviation, count } = meanInterval(accuracies);
  return {
    mean,
    half: studentBound(0.95, count - 1) * deviation * Math.sqrt(1 + 1 / count),
    count,
  };
}

/** What became of one mistake, in all setups that were to show it. */
interface Judged {
  readonly mistake: string;
  readonly theme: Mistake["theme"];
  /** From what was expected, in halves of the interval: −1 is its lower end; null if it stopped. */
  readonly distances: readonly (number | null)[];
  /** The share of runs that were noticed, and of those that were because they were better. */
  readonly noticed: number;
  readonly better: number;
}

function judge(measured: readonly Done[]): Judged[] {
  return mistakes.flatMap(({ name, theme }) => {
    const own = measured.filter(({ options }) => options.mistake === name);
    if (own.length === 0) return [];
    const distances = own.flatMap(({ options, values }) => {
      const { mean, half } = expectedIn(measured, options.setup);
      return values.accuracies.map((one) => (one === null ? null : (one - mean) / half));
    });
    const share = (isMeant: (distance: number | null) => boolean): number =>
      distances.filter(isMeant).length / distances.length;
    return [
      {
        ...{ mistake: name, theme, distances },
        noticed: share((distance) => distance === null || Math.abs(distance) > 1),
        better: share((distance) => distance !== null && distance > 1),
      },
    ];
  });
}

function expectedTable(measured: readonly Done[]): Table {
  const shown = measured.filter(({ options }) => options.mistake === null);
  return {
    caption: "The engine without a mistake: where the next run is expected, with 95 % probability.",
    head: ["what is trained", "runs", "mean", "interval"],
    rows: shown.map(({ options: { setup } }) => {
      const { mean, half, count } = expectedIn(measured, setup);
      const interval = `[${percent(mean - half)}, ${percent(mean + half)}]`;
      return [setups[setup].description, `${count}`, percent(mean), interval];
    }),
  };
}

const OUTCOMES: readonly (readonly [string, (one: Judged) => boolean])[] = [
  ["in every run", ({ noticed }) => noticed === 1],
  ["in some runs", ({ noticed }) => noticed > 0 && noticed < 1],
  ["in none", ({ noticed }) => noticed === 0],
];

function themesTable(judged: readonly Judged[]): Table {
  const row = (name: string, own: readonly Judged[]): string[] => {
    const always = own.filter(({ noticed }) => noticed === 1).length;
    return [
      name,
      `${own.length}`,
      ...OUTCOMES.map(([, isMeant]) => `${own.filter(isMeant).length}`),
      shareInterval(proportionInterval(always, own.length)),
    ];
  };
  const themes = [...new Set(judged.map(({ theme }) => theme))];
  return {
    caption:
      "How many mistakes are noticed, by runs with all seeds and in all networks that were to " +
      "show them; of the share that is noticed in every run, Wilson's interval at 95 %.",
    head: ["mistakes in", "all", ...OUTCOMES.map(([name]) => name), "share, every run"],
    rows: [
      ...themes.map((theme) =>
        row(
          theme,
          judged.filter((one) => one.theme === theme),
        ),
      ),
      row("all of it", judged),
    ],
  };
}

function namesTable(judged: readonly Judged[]): Table {
  const names = (isMeant: (one: Judged) => boolean): string =>
    judged
      .filter(isMeant)
      .map(({ mistake }) => mistake)
      .join(", ") || "none";
  return {
    caption: "Which they are.",
    head: ["noticed", "mistakes"],
    rows: [
      ["since it is better, in some run", names(({ better }) => better > 0)],
      ...OUTCOMES.slice(1).map(([name, isMeant]) => [name, names(isMeant)]),
    ],
  };
}

/** Farther away, everybody notices. */
const SHOWN = 6;

function distanceFigure(judged: readonly Judged[]): Figure | null {
  const themes = [...new Set(judged.map(({ theme }) => theme))];
  const rows = themes.map((theme) => {
    const all = judged.filter((one) => one.theme === theme).flatMap((one) => one.distances);
    const values = all.filter((one) => one !== null && Math.abs(one) <= SHOWN) as number[];
    const farther = counted(all.length - values.length, "run");
    return { name: `${theme}; ${farther} farther off`, values };
  });
  const shown = rows.filter(({ values }) => values.length > 0);
  if (shown.length === 0) return null;
  return {
    file: "distances.svg",
    alt:
      "How far each run with a mistake is from the accuracy without: a row for each theme, a dot " +
      "for each run; between −1 and 1 nobody can notice.",
    svg: intervalChart({
      title: "How far from right",
      description:
        "A dot for each run with a mistake; between −1 and 1 the engine without a mistake gets " +
        "as far in 95 of 100 runs. Runs that stopped with an error count as farther off.",
      width: CHART_WIDTH,
      x: {
        label: "accuracy, from the mean; ±1: expected interval",
        domain: [-SHOWN, SHOWN],
      },
      rows: shown,
      reference: { at: -1, name: "noticed" },
    }),
  };
}

export function verdict(measured: readonly Done[]): Verdict {
  const judged = judge(measured);
  const [always, sometimes, never] = OUTCOMES.map(([, isMeant]) => judged.filter(isMeant)) as [
    ...[Judged[], Judged[], Judged[]],
  ];
  const runs = judged.flatMap(({ distances }) => distances);
  const noticed = runs.filter((distance) => distance === null || Math.abs(distance) > 1).length;
  const isHalf = noticed > 0.4 * runs.length && noticed < 0.6 * runs.length;
  const better = judged.filter((one) => one.better > 0).length;
  const interval = shareInterval(proportionInterval(always.length, judged.length));
  const shareNoticed = (themes: readonly string[]): string => {
    const all = judged.filter(({ theme }) => themes.includes(theme));
    return `${all.filter((one) => always.includes(one)).length} of ${all.length}`;
  };
  return {
    shows:
      `Of ${judged.length} mistakes ${always.length} are noticed in every run ${interval}, ` +
      `${sometimes.length} in some, ${never.length} in none; of ${runs.length} runs ${noticed}, ` +
      `which is ${percent(noticed / runs.length, 0)} and ${isHalf ? "" : "not "}about ` +
      `half${asExpected(isHalf)}. ${counted(better, "mistake")} made some run better than the ` +
      "right engine is expected to be. In convolution and pooling " +
      `${shareNoticed(["convolution", "pooling"])} are noticed in every run, in loss and data ` +
      `${shareNoticed(["loss", "data"])}: expected was a lower share, and so few cannot tell. ` +
      "Someone who looks at nothing but the accuracy never sees those that the table names last; " +
      "checks that look closer catch every one of them (derivations/mistakes.md).",
    doesNotShow:
      "How often people make these mistakes: a catalog is no sample, so the share is one of the " +
      "catalog. A longer training sees smaller differences, since the right engine's spread " +
      "shrinks, and hides others that only slow it down. Without knowing the spread one notices " +
      "less. With three runs each, one mistake in seven that changes nothing would be noticed in " +
      "some run by chance.",
  };
}
