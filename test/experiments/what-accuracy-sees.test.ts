import { findExperiment, type Measurement } from "leibniz/experiments";
import { test } from "uvu";
import * as assert from "uvu/assert";

const experiment = findExperiment("what-accuracy-sees");

function measured(mistake: string | null, setup: string, accuracies: (number | null)[]) {
  return {
    setting: `${mistake}, ${setup}`,
    seed: 0,
    options: { mistake, setup },
    values: { accuracies, stopped: accuracies.map((one) => (one === null ? "stops" : null)) },
  } satisfies Measurement;
}

/**
 * Four runs of mean 0.9 and deviation 0.01: the next is expected within t = 3.182 (three degrees of
 * freedom) times 0.01 · √(5/4), which is 0.0356.
 */
const half = 0.01 * Math.sqrt(1.5);
const right = measured(null, "notes", [0.9 - half, 0.9 + half, 0.9, 0.9]);

function countsOf(...wrong: Measurement[]): string[] {
  const { tables } = experiment.findings([right, ...wrong]);
  return tables[1]!.rows.at(-1)!.slice(1, 5) as string[];
}

test("a run is noticed outside of the interval of the next one, or when it stops", () => {
  assert.equal(
    experiment.findings([right, measured("loss-uphill", "notes", [0.1])]).tables[0]!.rows,
    [["the notes' network, Adam", "4", "90.00 %", "[86.44 %, 93.56 %]"]],
  );
  const cases: [accuracies: (number | null)[], counts: string[]][] = [
    [
      [0.8643, 0.9357, null],
      ["1", "1", "0", "0"],
    ],
    [
      [0.8645, 0.9355, 0.9],
      ["1", "0", "0", "1"],
    ],
    [
      [0.8645, 0.8643, 0.9],
      ["1", "0", "1", "0"],
    ],
  ];
  for (const [accuracies, counts] of cases)
    assert.equal(countsOf(measured("loss-uphill", "notes", accuracies)), counts);
  const sometimes = measured("loss-uphill", "notes", [0.5, 0.9]);
  assert.is(experiment.findings([right, sometimes]).tables[1]!.rows[0]![5], "[0.0 %, 79.3 %]");
});

test("a mistake in two networks has to be noticed in both", () => {
  const oblong = measured(null, "oblong", [0.8 - half, 0.8 + half, 0.8, 0.8]);
  const name = "padding-counted-once";
  const [first, second] = [measured(name, "notes", [0.5]), measured(name, "oblong", [0.8])];
  assert.equal(countsOf(oblong, first, second), ["1", "0", "1", "0"]);
  assert.equal(countsOf(oblong, first, measured(name, "oblong", [0.7])), ["1", "1", "0", "0"]);
});

test("what is better than expected is named apart", () => {
  const better = measured("loss-uphill", "notes", [0.95, 0.9]);
  const names = experiment.findings([right, better]).tables[2]!.rows.map((row) => row[1]);
  assert.equal(names, ["loss-uphill", "loss-uphill", "none"]);
});

test.run();
