import { findExperiment } from "leibniz/experiments";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { madeUp, shown } from "../helpers/made-up.js";

/** A run's values: seeds below `failing` fail with the notes' recipe and with some changes. */
function runs(failing: number, saving: readonly string[], active: (seed: number) => number[]) {
  return madeUp("notebook", ({ change, epochs }, seed) => {
    const fails = seed < failing && !saving.includes(change as string);
    const each = <T>(one: T): T[] => Array.from({ length: epochs as number }, () => one);
    const accuracy = fails ? 0.1 : 0.88 + 0.001 * seed;
    const step = (at: number, weight: number, spread: number) => ({
      ...{ step: at, spread },
      weights: [0.2, 0.05, weight, 0.05],
    });
    return {
      ...{ trainLoss: each(1), trainAccuracy: each(1), testLoss: each(1) },
      testAccuracy: each(accuracy),
      active: each(fails ? active(seed) : [0.501, 0.502, 0.503]),
      ...(change === "followed step by step" && {
        followed: [
          step(1, 0.02, 0.01),
          ...Array.from({ length: 8 }, (_, i) => step(5 * i + 6, fails ? 0.001 : 0.002, 0.03)),
          step(46, 0.001, fails ? 1e-9 : 2),
        ],
      }),
    };
  });
}

const whole = (seed: number): number[] => [0.47, (10 + seed) / 32, (60 + seed) / 120];

test("notebook: units that are on for all images or none, though no layer is dead", () => {
  const shows = shown("notebook", runs(2, ["without weight decay", "half the rate"], whole));
  assert.match(shows, /dead in those that fail\? No, against what was expected: .* 31 % \(relu2\)/);
  assert.match(shows, /But 10 and 11 of 32 channels in relu2 and 60 and 61 of 120 features in rel/);
  assert.match(shows, /whole numbers, as in no run that learns\)/);
  assert.match(shows, /In 40 steps those of affine1 shrink from 0\.02/);
  assert.match(shows, /to 0\.001 and 0\.001 where it fails, 0\.002 and 0\.002 where it learns/);
  assert.match(shows, /second epoch, 10⁻⁹ and 10⁻⁹ where it fails, 2 and 2 where it learns/);
  assert.match(shows, /Without weight decay they learn, as expected/);
  assert.match(
    shows,
    /2 save all of them \(without weight decay; half the rate\), and 4 save none,/,
  );
});

test("notebook: shares that are no whole number of units are not said to be", () => {
  const shows = shown(
    "notebook",
    runs(1, [], () => [0.51, 0.313, 0.504]),
  );
  assert.not.match(shows, /whole numbers|for every image/);
  assert.match(shows, /0 save all of them \(–\)/);
  assert.match(shows, /Without weight decay they do not all learn, against what was expected/);
});

test("notebook: a layer without any output above 0 is dead", () => {
  const shows = shown(
    "notebook",
    runs(1, [], () => [0.5, 0.5, 0]),
  );
  assert.match(shows, /dead in those that fail\? Yes, as expected: .* 0 % \(relu3\)/);
  assert.not.match(shows, /for every image/);
});

test("notebook: whether the notes' run is among the others, and how far these are apart", () => {
  const none = shown("notebook", runs(0, [], whole));
  // the first of the notes' epochs is below all of them, with 0.773
  assert.match(none, /not always within the range .*, against what was expected: .*0 to 20 of 40/);
  assert.match(none, /within 3\.9 points of each other, against what was expected \(one\)/);
  assert.match(none, /0 of 40 never leave chance \[0\.0 %, 8\.8 %\], as expected/);
  assert.not.match(none, /dead/);
  const { tables } = findExperiment("notebook").findings(runs(0, [], whole));
  assert.is(tables.length, 1);
});

test.run();
