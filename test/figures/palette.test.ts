/** Contrast, as the Web Content Accessibility Guidelines compute it, by day and by night. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dark, light, lineChart, type Scheme, signs } from "leibniz/figures";
import { inkOn, SHADES } from "../../dist/figures/palette.js";
import { elementsOf, parseMarkup } from "../helpers/markup.js";

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
  const [darker, brighter] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (brighter! + 0.05) / (darker! + 0.05);
}

const schemes: readonly [name: string, scheme: Scheme][] = [
  ["light", light],
  ["dark", dark],
];

test("contrast is computed as the guidelines do", () => {
  assert.is(contrast("#000000", "#ffffff"), 21);
  assert.is(contrast("#777777", "#ffffff").toFixed(2), "4.48");
});

for (const [name, scheme] of schemes) {
  test(`${name}: texts stand out by 4.5 to 1, of cards and of the page`, () => {
    for (const ground of [scheme.ground, scheme.page])
      for (const text of ["ink", "soft", "good", "bad", "unclear", "link"] as const)
        assert.ok(contrast(scheme[text], ground) >= 4.5, `${text} on ${ground}`);
  });

  test(`${name}: lines, marks and signed numbers stand out by 3 to 1`, () => {
    for (const colour of [...scheme.series, signs.plus, signs.minus])
      assert.ok(contrast(colour, scheme.ground) >= 3, colour);
  });

  test(`${name}: numbers can be read on every shade, and shades differ`, () => {
    for (const shades of [scheme.right, scheme.wrong]) {
      assert.is(shades.length, SHADES);
      assert.is(shades[0], scheme.ground);
      shades.forEach((shade, s) =>
        assert.ok(contrast(shade, inkOn(scheme, s)) >= 4.5, `shade ${s}`),
      );
      const steps = shades.map((shade) => contrast(shade, scheme.ground));
      assert.equal(
        steps,
        [...steps].sort((a, b) => a - b),
        "from nothing to all of it",
      );
    }
  });
}

test("both schemes have the same names, and a figure has both", () => {
  assert.equal(Object.keys(light), Object.keys(dark));
  assert.is(light.series.length, dark.series.length);
  const axis = { label: "x" };
  const words = { title: "t", description: "d", x: axis, y: axis };
  const figure = lineChart({ ...words, series: [{ name: "a", points: [[0, 1]] }] });
  const [style] = elementsOf(parseMarkup(figure), "style");
  const [day, night] = String(style!.children).split("@media(prefers-color-scheme:dark)");
  for (const colour of light.series) assert.ok(day!.includes(colour));
  for (const colour of dark.series) assert.ok(night!.includes(colour) && !day!.includes(colour));
});

test("series differ without their colours too", () => {
  const axis = { label: "x" };
  const series = Array.from({ length: 20 }, (_, s) => ({
    name: String(s),
    points: [
      [0, s],
      [1, s],
    ] as const,
  }));
  const words = { title: "t", description: "d", x: axis, y: axis };
  const drawn = elementsOf(parseMarkup(lineChart({ ...words, series })), "path");
  const looks = drawn.map(
    ({ attributes }) => `${attributes["class"]} ${attributes["stroke-dasharray"]}`,
  );
  assert.is(new Set(looks).size, 20);
  const dashes = drawn.slice(0, 5).map(({ attributes }) => attributes["stroke-dasharray"]);
  assert.is(new Set(dashes).size, 5);
});

test.run();
