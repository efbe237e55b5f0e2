import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  searchedUnits,
  searchOf,
  searchRate,
} from "../../../dist/experiments/parts/rate-search.js";

type Done = { setting: string; seed: number; options: number; values: number };

const unit = (rate: number) => ({ setting: `rate ${rate}`, seed: 0, options: rate });

/** Runs a search to its end, by a function that says what each rate comes to. */
function search(start: readonly number[], scoreOf: (rate: number) => number) {
  const done: Done[] = [];
  const asked: number[] = [];
  for (;;) {
    const { units, rate } = searchRate<number, number>(done, { start, unit, accuracy: (v) => v });
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
const hill = (top: number) => (rate: number) => 1 / (1 + Math.abs(Math.log10(rate / top)));

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
  assert.is(search([1, 3], (rate) => 0.5 + rate / 100).rate, 10);
  assert.is(search([3e-5, 1e-4], (rate) => 0.5 - rate / 100).rate, 1e-5);
});

test("while none is better than a guess, it goes on in both directions", () => {
  const guessing = 0.11;
  const onlyBelow = (limit: number) => (rate: number) => (rate < limit ? 0.5 + rate : guessing);
  assert.equal(search([0.003, 0.01, 0.03], onlyBelow(2e-4)), {
    rate: 1e-4,
    asked: [0.003, 0.01, 0.03, 0.001, 0.1, 3e-4, 0.3, 1e-4, 1, 3e-5],
  });
  const onlyAbove = (limit: number) => (rate: number) => (rate > limit ? 0.5 : guessing);
  assert.is(search([0.003, 0.01, 0.03], onlyAbove(0.2)).rate, 0.3);
});

test("where guesses differ by chance, the best of them is not the end", () => {
  const noise = (rate: number) => (rate === 10 ? 0.9 : rate === 0.01 ? 0.1135 : 0.1028);
  const { rate, asked } = search([0.003, 0.01, 0.03], noise);
  assert.is(rate, 10);
  assert.is(asked.length, 13, "all there are");
  assert.is(search([0.003, 0.01], () => 0.11).rate, 1e-5);
});

test("of equals the lowest is taken", () => {
  const table = (rate: number) => (rate === 0.003 || rate === 0.1 ? 0.5 : 0.6);
  assert.is(search([0.01, 0.03, 0.1], table).rate, 0.01);
});

test("one rate alone is not searched", () => {
  assert.equal(search([0.01], hill(1)), { rate: 0.01, asked: [0.01] });
});

test("a search waits for all that it has asked for", () => {
  const done = [{ ...unit(0.01), values: 5 }];
  const { units, rate } = searchRate<number, number>(done, {
    ...{ start: [0.01, 0.03], unit, accuracy: (value: number) => value },
  });
  assert.is(rate, null);
  assert.equal(
    units.map(({ options }) => options),
    [0.01, 0.03],
  );
});

test("a setting is searched with one seed, then measured with all, at the rate found", () => {
  type Options = { width: number; isSearch: boolean; learningRate: number };
  type Values = { testAccuracy: number[]; stopped: string | null };
  const ask = (values: readonly Values[]) => {
    const rates = [0.01, 0.03, 0.1];
    const done = values.map((one, i) => ({
      ...{ setting: `search: wide, rate ${rates[i]}`, seed: 0, values: one },
      options: { width: 9, isSearch: true, learningRate: rates[i]! },
    }));
    const search = searchOf<Options, Values>(done, "wide", { width: 9 }, rates);
    return searchedUnits([search], 2);
  };
  const asked = (rate: number) => ({
    setting: `search: wide, rate ${rate}`,
    seed: 0,
    options: { width: 9, isSearch: true, learningRate: rate },
  });
  const first = [0.01, 0.03, 0.1].map(asked);
  assert.equal(ask([]), first);
  const ended = (...testAccuracy: number[]): Values => ({ testAccuracy, stopped: null });
  // what counts is the last epoch, and nothing where the loss was lost
  const lost = { testAccuracy: [0.99], stopped: "the loss is not a number" };
  const final = { setting: "wide", options: { width: 9, isSearch: false, learningRate: 0.03 } };
  assert.equal(ask([ended(0.9, 0.5), ended(0.5, 0.6), lost]), [
    ...first,
    { ...final, seed: 0 },
    { ...final, seed: 1 },
  ]);
});

test.run();
