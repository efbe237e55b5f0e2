import { findExperiment, type Measurement, unitsOf } from "leibniz/experiments";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { shown } from "../helpers/made-up.js";

const experiment = findExperiment("third-of-the-data");

/** Runs as they would be, had each setting reached after each epoch what is given for it. */
function measured(reached: (setting: string, seed: number, epoch: number) => number) {
  return unitsOf(experiment, [], "full").map((unit): Measurement => {
    const testAccuracy = Array.from({ length: unit.options["epochs"] as number }, (_, epoch) =>
      reached(unit.setting, unit.seed, epoch + 1),
    );
    return { ...unit, values: { trainAccuracy: testAccuracy, testAccuracy } };
  });
}

test("settings differ from the notes' in one thing, or in the images", () => {
  const units = unitsOf(experiment, [], "full").filter(({ seed }) => seed === 0);
  const notes = units.find(({ setting }) => setting === "as in the notes")!.options;
  const changed = units.map(({ options }) =>
    Object.keys(options).filter((name) => options[name] !== notes[name]),
  );
  assert.equal(changed, [
    [],
    ["weightDecay"],
    ["freshOptimizer"],
    ["isDecoupled"],
    ["shuffle"],
    ["images", "epochs"],
    ["images", "epochs", "weightDecay"],
  ]);
});

test("as many steps are 12 epochs of a third and 4 of all, as many epochs are 6", () => {
  const all = measured((setting, seed, epoch) => {
    const isAll = setting.startsWith("all 60,000");
    const base = setting.includes("without decay") ? 0.9 : 0.8;
    return base + 0.001 * epoch * (isAll ? 3 : 1) + 1e-4 * seed;
  });
  const [choices, worth] = experiment.findings(all).tables;
  // 12 epochs: +0.012; 4 epochs of all: +0.012; 6 and 6: +0.006 and +0.018
  assert.equal(
    worth!.rows,
    [
      ["decay 0.1", "0.00 [0.00, 0.00]", "+1.20 [1.20, 1.20]"],
      ["no decay", "0.00 [0.00, 0.00]", "+1.20 [1.20, 1.20]"],
    ].map(([name, steps, epochs]) => [name, steps, epochs]),
  );
  assert.is(choices!.rows[1]![3], "+10.00 [10.00, 10.00]");
});

test("runs that never left chance are counted apart, and their seeds left out of pairs", () => {
  const all = measured((setting, seed) => {
    if (setting === "as in the notes" && seed === 2) return 0.11;
    return (setting === "shuffled in each epoch" ? 0.85 : 0.8) + (seed === 2 ? 0.1 : 0);
  });
  const { rows } = experiment.findings(all).tables[0]!;
  assert.equal(rows[0]!.slice(2), ["80.00 % [80.00, 80.00]", "–", "1"]);
  assert.equal(rows[4]!.slice(3), ["+5.00 [5.00, 5.00]", "0"]);
});

/** Accuracies that spread by so much over the seeds, where the differences are given. */
function shownWith(differences: Readonly<Record<string, number>>, spread = 0): string {
  const all = measured((setting, seed, epoch) => {
    const lateness = setting.startsWith("all 60,000") && epoch > 4 ? "; later" : "";
    const difference = differences[setting + lateness] ?? differences[setting] ?? 0;
    return 0.8 + difference + (setting === "as in the notes" ? 0 : spread * (seed - 2));
  });
  return shown("third-of-the-data", all);
}

test("the verdict says which way intervals miss what was expected", () => {
  const more = shownWith({ "without decay": 0.09, "decoupled decay (AdamW)": 0.092 });
  assert.match(more, /9\.00 points \[9\.00, 9\.00\] higher \(more than was expected: seven\)/);
  assert.match(more, /without decay is \+0\.20 .* \(as expected: less than half a point\)/);
  const less = shownWith({ "without decay": 0.06, "decoupled decay (AdamW)": 0.092 });
  assert.match(less, /higher \(less than was expected: seven\)/);
  assert.match(less, /without decay is \+3\.20 .* \(against what was expected: less than half/);
  assert.match(shownWith({ "without decay": 0.07 }, 0.001), /higher \(as expected: seven\)/);
});

test("the verdict keeps a mean beyond a limit apart from an interval beyond it", () => {
  const all = "all 60,000 images";
  const clear = shownWith({ [all]: -0.02, [`${all}; later`]: 0.02 });
  assert.match(clear, /−2\.00 \S+ \S+ after as many steps \(as expected: less than one\)/);
  assert.match(
    clear,
    /\+2\.00 \S+ \S+ after as many epochs \(against what was expected: less than/,
  );
  assert.not.match(clear, /interval reaches/);
  const vague = shownWith(
    { [all]: 0.009, [`${all}; later`]: 0.011, "shuffled in each epoch": -0.009 },
    0.002,
  );
  assert.match(vague, /as expected: less than one; the interval reaches above one\)/);
  assert.match(vague, /against what was expected: less than one; the interval reaches below one\)/);
  assert.match(vague, /within one point, as expected; the intervals do not exclude a little more/);
  const far = shownWith({ "shuffled in each epoch": 0.02 });
  assert.match(far, /the means are not both within one point, against what was expected\./);
});

test.run();
