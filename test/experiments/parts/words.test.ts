import { test } from "uvu";
import * as assert from "uvu/assert";
import { inPoints, shareWithInterval } from "../../../dist/experiments/parts/words.js";

test("a share is printed with its interval, one alone without", () => {
  // the deviation is 0.01, the bound of one degree of freedom 12.706
  assert.is(shareWithInterval([0.49, 0.51]), "50.00 % [37.29, 62.71]");
  assert.is(shareWithInterval([0.9876]), "98.76 %");
});

test("the interval ends where shares do", () => {
  assert.is(shareWithInterval([0.8, 0.96]), "88.00 % [0.00, 100.00]");
  assert.is(shareWithInterval([0.98, 1]), "99.00 % [86.29, 100.00]");
});

test("points are written with as many digits as asked for, and with a real minus", () => {
  assert.is(inPoints(0.01234), "1.2");
  assert.is(inPoints(-0.01234), "−1.2");
  assert.is(inPoints(-0.01234, 2), "−1.23");
});

test.run();
