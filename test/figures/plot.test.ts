/** Where a small plot has its curves, and that they do not leave it. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { onPlot, plot, type PlotOptions } from "leibniz/figures";
import { elementsOf, parseMarkup, textOf } from "../helpers/markup.js";

const options: PlotOptions = {
  at: [20, 10],
  size: [200, 100],
  x: [-1, 3],
  y: [0, 2],
  curves: [],
};
const pathsOf = (more: Partial<PlotOptions>): string[] =>
  elementsOf(parseMarkup(`<g>${plot({ ...options, ...more })}</g>`), "path").map(
    (path) => path.attributes["d"]!,
  );

test("a place of the plot is in proportion between its edges", () => {
  assert.equal(onPlot(options, -1, 2), [20, 10]);
  assert.equal(onPlot(options, 3, 0), [220, 110]);
  assert.equal(onPlot(options, 0, 0.5), [70, 85]);
});

test("a curve is cut where it leaves the plot, and goes on where it comes back", () => {
  const inside = [
    [-1, 0],
    [1, 2],
    [3, 1],
  ] as const;
  assert.equal(pathsOf({ curves: [{ points: inside }] }), ["M20 110L120 10L220 60"]);
  const over = [
    [-1, 0],
    [1, 4],
    [3, 0],
  ] as const;
  assert.equal(pathsOf({ curves: [{ points: over }] }), ["M20 110L70 10M170 10L220 110"]);
  const away = [
    [-1, 3],
    [1, 3],
    [3, 5],
  ] as const;
  assert.equal(pathsOf({ curves: [{ points: away }] }), [""]);
});

test("ticks are written as numbers, dots are circles, and the title is a text", () => {
  const drawn = plot({
    ...options,
    xTicks: [-1, 3],
    yTicks: [2],
    title: "height",
    dots: [
      { at: [0, 0.5], series: 1 },
      { at: [0, 1], series: 1, hollow: true },
    ],
  });
  const parsed = parseMarkup(`<g>${drawn}</g>`);
  assert.equal(elementsOf(parsed, "text").map(textOf), ["−1", "3", "2", "height"]);
  assert.equal(
    elementsOf(parsed, "circle").map(({ attributes }) => [attributes["cx"], attributes["cy"]]),
    [
      ["70", "85"],
      ["70", "60"],
    ],
  );
});

test("ranges ascend", () => {
  assert.throws(
    () => plot({ ...options, y: [2, 2] }),
    /plot: .*lower to a higher.*got -1,3 and 2,2/,
  );
});

test.run();
