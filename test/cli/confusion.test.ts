import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatConfusion } from "leibniz/cli";

test("a row for each class, a column for each guess, and how many are right", () => {
  const shown = formatConfusion(Int32Array.of(0, 1, 1, 0), Uint8Array.of(0, 1, 0, 0), 3, null);
  assert.is(
    shown,
    [
      "         0    1    2   right",
      "    0    2    1    ·   66.7 %",
      "    1    ·    1    ·   100.0 %",
      "    2    ·    ·    ·   ",
    ].join("\n"),
  );
});

test("names of classes stand before their numbers, long ones cut short", () => {
  const names = ["cat", "a very long name of a class"];
  const lines = formatConfusion(Int32Array.of(0, 0), Uint8Array.of(0, 1), 2, names).split("\n");
  assert.equal(lines, [
    "                        0    1   right",
    "               cat 0    1    ·   100.0 %",
    "  a very long nam… 1    1    ·   0.0 %",
  ]);
});

test("of many classes those that are confused most", () => {
  const labels = Uint16Array.of(300, 300, 300, 7, 299);
  const guesses = Int32Array.of(2, 2, 300, 8, 299);
  const names = Array.from({ length: 301 }, (_, n) => `class ${n}`);
  assert.is(
    formatConfusion(guesses, labels, 301, names),
    "of 301 classes, what is confused most:\n  class 300 taken for class 2: 2 of 3\n" +
      "  class 7 taken for class 8: 1 of 1",
  );
  assert.is(formatConfusion(Int32Array.from(labels), labels, 301, null), "nothing is confused");
});

test.run();
