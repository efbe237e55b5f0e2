import { findExperiment, type Measurement, unitsOf } from "leibniz/experiments";
import { test } from "uvu";
import * as assert from "uvu/assert";

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

test.run();
