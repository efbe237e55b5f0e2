import { test } from "uvu";
import * as assert from "uvu/assert";
import { searchRate } from "../../dist/experiments/rate-search.js";

type Done = { setting: string; seed: number; options: number; values: number };

const unit = (rate: number) => ({ setting: `rate ${rate}`, seed: 0, options: rate });

/** Runs a search to its end, by a function that says what each rate comes to. */
function search(start: readonly number[], scoreOf: (rate: number) => number) {
  const done: Done[] = [];
  const asked: number[] = [];
  for (;;) {
    const { units, rate } = searchRate<number, number>(done, { start, unit, score: (v) => v });
    if (rate !== null) return { rate, asked };
    const missing = units.filter((one) => !done.some(({ setting }) => setting === one.setting));
    assert.ok(missing.length > 0, "a search that is not done asks for something");
    for (const one of missing) {
      asked.push(one.options);
      done.push({ ...one, values: scoreOf(one.options) });
    }
  }
}

/** A single hill with its top at a rate. */
const hill = (top: number) => (rate: number) => -Math.abs(Math.log(rate / top));

test("the best rate of those that are tried is taken", () => {
  assert.equal(search([0.01, 0.03, 0.1], hill(0.03)), { rate: 0.03, asked: [0.01, 0.03, 0.1] });
});

test("while the best is at an end, the search goes on in that direction only", () => {
  assert.equal(search([0.01, 0.03, 0.1], hill(1)), {
    rate: 1,
    asked: [0.01, 0.03, 0.1, 0.3, 1, 3],
  });
  assert.equal(search([0.01, 0.03, 0.1], hill(1e-3)), {
    rate: 1e-3,
    asked: [0.01, 0.03, 0.1, 0.003, 1e-3, 3e-4],
  });
});

test("it ends where there are no more rates", () => {
  assert.is(search([1, 3], (rate) => rate).rate, 10);
  assert.is(search([3e-5, 1e-4], (rate) => -rate).rate, 1e-5);
});

test("while all have failed, it goes on downwards", () => {
  const onlyBelow = (limit: number) => (rate: number) => (rate < limit ? rate : 0);
  assert.equal(search([0.003, 0.01, 0.03], onlyBelow(2e-4)), {
    rate: 1e-4,
    asked: [0.003, 0.01, 0.03, 0.001, 3e-4, 1e-4, 3e-5],
  });
  assert.is(search([1e-4, 3e-4], onlyBelow(0)).rate, 1e-5);
});

test("of equals the lowest is taken", () => {
  const table = (rate: number) => (rate === 0.003 || rate === 0.1 ? 1 : 2);
  assert.is(search([0.01, 0.03, 0.1], table).rate, 0.01);
});

test("one rate alone is not searched", () => {
  assert.equal(search([0.01], hill(1)), { rate: 0.01, asked: [0.01] });
});

test("a search waits for all that it has asked for", () => {
  const done = [{ ...unit(0.01), values: 5 }];
  const { units, rate } = searchRate<number, number>(done, {
    ...{ start: [0.01, 0.03], unit, score: (value: number) => value },
  });
  assert.is(rate, null);
  assert.equal(
    units.map(({ options }) => options),
    [0.01, 0.03],
  );
});

test.run();
