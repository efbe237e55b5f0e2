import { meanInterval, pairedInterval, proportionInterval, studentBound } from "leibniz/statistics";
import { Random } from "leibniz/tensor";
import { test } from "uvu";
import * as assert from "uvu/assert";

const isNear = (found: number, expected: number, tolerance: number, what: string): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${what}: ${found}, expected ${expected}`);

test("Student's bounds are those of the printed tables", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, two-sided
  const table: [probability: number, degrees: number, bound: number][] = [
    [0.95, 1, 12.706],
    [0.95, 2, 4.303],
    [0.95, 4, 2.776],
    [0.95, 9, 2.262],
    [0.95, 39, 2.023],
    [0.95, 100, 1.984],
    [0.8, 7, 1.415],
    [0.99, 5, 4.032],
    [0.998, 3, 10.215],
  ];
  for (const [probability, degrees, bound] of table)
    isNear(studentBound(probability, degrees), bound, 0.0006, `${probability}, ${degrees}`);
  isNear(studentBound(0.5, 1), 1, 1e-9, "half of Cauchy's distribution is within 1");
  isNear(studentBound(0.95, 100_000), 1.959988, 1e-5, "many degrees come to the normal bound");
});

test("a mean's interval holds the mean of the distribution 95 times in 100", () => {
  const random = new Random("coverage");
  const trials = 2000;
  let held = 0;
  for (let i = 0; i < trials; i++) {
    const values = Array.from(random.normal([5], 3, 2).data);
    const { low, high } = meanInterval(values);
    held += Number(low <= 3 && 3 <= high);
  }
  // 5 standard deviations of the count
  isNear(held / trials, 0.95, 5 * Math.sqrt((0.95 * 0.05) / trials), "coverage");
});

test("a mean's interval by hand", () => {
  const { mean, deviation, count, low, high } = meanInterval([1, 2, 3, 4]);
  assert.equal([mean, count], [2.5, 4]);
  isNear(deviation, Math.sqrt(5 / 3), 1e-15, "deviation");
  isNear(high - mean, (3.18245 * Math.sqrt(5 / 3)) / 2, 1e-5, "half the interval");
  isNear(mean - low, high - mean, 1e-15, "both sides");
});

test("what a pair shares falls out of the difference", () => {
  const { mean, deviation } = pairedInterval([10.5, 20.5, 31.5], [10, 20, 30]);
  isNear(mean, 2.5 / 3, 1e-15, "mean");
  isNear(deviation, Math.sqrt(1 / 3), 1e-15, "deviation");
});

test("Wilson's interval is that of the printed examples", () => {
  // Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3
  const examples: [successes: number, trials: number, low: number, high: number][] = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ];
  for (const [successes, trials, low, high] of examples) {
    const found = proportionInterval(successes, trials);
    isNear(found.low, low, 5e-5, `${successes} of ${trials}, low`);
    isNear(found.high, high, 5e-5, `${successes} of ${trials}, high`);
  }
  assert.is(proportionInterval(7, 7).high, 1);
});

test("what no interval can be made of is refused", () => {
  assert.throws(() => meanInterval([1]), /^meanInterval: .*at least two values/);
  assert.throws(() => meanInterval([1, NaN]), /^meanInterval: .*finite/);
  assert.throws(() => pairedInterval([1, 2], [1]), /^pairedInterval: .*pairs/);
  assert.throws(() => proportionInterval(3, 2), /^proportionInterval: .*3 of 2/);
  assert.throws(() => proportionInterval(0, 0), /^proportionInterval: .*0 of 0/);
  assert.throws(() => studentBound(1, 3), /^studentBound: .*between 0 and 1/);
  assert.throws(() => studentBound(0.9, 0), /^studentBound: .*degrees/);
});

test("at their ends intervals are exact, whatever rounding would leave", () => {
  for (let n = 1; n <= 200; n++) {
    assert.is(proportionInterval(0, n).low, 0, `0 of ${n}`);
    assert.is(proportionInterval(n, n).high, 1, `${n} of ${n}`);
  }
  const { mean, deviation, low, high } = meanInterval([97.1, 97.1, 97.1]);
  assert.equal([mean, deviation, low, high], [97.1, 0, 97.1, 97.1]);
});

test.run();
