import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatNumber, formatPercent, powerOfTen } from "leibniz/figures";
import { formatTicks } from "../../dist/figures/numbers.js";
import { shorten, textWidth, wrap } from "../../dist/figures/text.js";

test("numbers are plain where that is short, and powers of ten elsewhere", () => {
  for (const [value, text] of [
    [0, "0"],
    [-0, "0"],
    [0.1 + 0.2, "0.3"],
    [-0.02, "−0.02"],
    [1234.5, "1,230"],
    [999_999, "10⁶"],
    [1e-4, "0.0001"],
    [-3.21e-9, "−3.21·10⁻⁹"],
    [1e21, "10²¹"],
    [-1e21, "−10²¹"],
    [Number.MAX_VALUE, "1.8·10³⁰⁸"],
    [5e-324, "4.94·10⁻³²⁴"],
    [Number.NaN, "NaN"],
    [Infinity, "∞"],
    [-Infinity, "−∞"],
  ] as const)
    assert.is(formatNumber(value), text);
  assert.is(formatNumber(12_345.678, 7), "12,345.68");
  assert.is(formatPercent(0.97654), "97.7 %");
  assert.is(formatPercent(0.97654, 4), "97.65 %");
  assert.is(formatPercent(Number.NaN), "NaN");
  assert.is(powerOfTen(1e-16), "10⁻¹⁶");
  assert.is(powerOfTen(1), "1");
});

test("numbers along an axis have the same decimals, as many as they need", () => {
  assert.equal(formatTicks([0, 0.5, 1]), ["0.0", "0.5", "1.0"]);
  assert.equal(formatTicks([-0.1, 0, 0.1]), ["−0.1", "0.0", "0.1"]);
  assert.equal(formatTicks([-1e-17, 0.2]), ["0.0", "0.2"]);
  assert.equal(formatTicks([0, 5000, 10_000]), ["0", "5,000", "10,000"]);
  assert.equal(formatTicks([0, 2e6, 4e6]), ["0", "2·10⁶", "4·10⁶"]);
  assert.equal(formatTicks([1e9, 1.1e9]), ["10⁹", "1.1·10⁹"]);
  assert.equal(formatTicks([0, 2e-9]), ["0", "2·10⁻⁹"]);
  assert.equal(formatTicks([7]), ["7"]);
});

test("texts are wrapped at words and cut with an ellipsis, never wider than asked for", () => {
  assert.equal(wrap("a few words", 1000), ["a few words"]);
  const lines = wrap("several words that do not fit into one line", 120);
  assert.is(lines.join(" "), "several words that do not fit into one line");
  for (const line of lines) assert.ok(textWidth(line) <= 120);
  const two = wrap("several words that do not fit into one line", 120, 2);
  assert.is(two.length, 2);
  assert.match(two[1]!, /…$/);
  assert.ok(textWidth(two[1]!) <= 120);
  const [long] = wrap("Donaudampfschifffahrtsgesellschaft", 90);
  assert.match(long!, /^Donaud.*…$/);
  assert.ok(textWidth(long!) <= 90);
  assert.equal(wrap("", 100), []);
  assert.equal(wrap("is 7 (0.02\u00a0%)", 75), ["is 7", "(0.02\u00a0%)"]);
  assert.is(shorten("same", 100), "same");
  // no half of a character is left
  assert.not.match(shorten("😀😀😀😀😀😀", 60), /\ud83d(?![\udc00-\udfff])/);
});

test.run();
