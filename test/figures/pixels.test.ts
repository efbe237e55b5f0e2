/** Pictures as parts of a diagram. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { pixels } from "leibniz/figures";
import { elementsOf, parseMarkup } from "../helpers/markup.js";

const pathsOf = (drawn: string): Map<string, string> =>
  new Map(
    elementsOf(parseMarkup(`<svg>${drawn}</svg>`), "path").map(({ attributes }) => [
      attributes["class"]!,
      attributes["d"]!,
    ]),
  );

test("pixels of one shade are one path, and neighbours in a row one run", () => {
  const paths = pathsOf(
    pixels({
      at: [0, 0],
      values: [
        [1, 1, 0],
        [0, 1, 0.5],
      ],
    }),
  );
  assert.equal([...paths.keys()], ["right6", "right3"]);
  assert.is(paths.get("right6"), "M0 0h2v1h-2zM1 1h1v1h-1z");
  assert.is(paths.get("right3"), "M2 1h1v1h-1z");
});

test("signed pixels are of two colours, and what is 0 or not finite is left blank", () => {
  const drawn = pixels({ at: [0, 0], values: [[2, -2, 0, Number.NaN]], kind: "signed" });
  assert.equal([...pathsOf(drawn).keys()], ["wrong6", "right6"]);
  assert.equal(pathsOf(pixels({ at: [0, 0], values: [[0, 0]] })).size, 0);
});

test("a grid has a line between each two rows and columns", () => {
  const paths = pathsOf(
    pixels({
      at: [5, 6],
      values: [
        [0, 0, 0],
        [0, 0, 0],
      ],
      hasGrid: true,
    }),
  );
  assert.is(paths.get("grid"), "M0 1h3M1 0v2M2 0v2");
});

test("the caption is below the middle", () => {
  const drawn = pixels({
    at: [10, 20],
    values: [
      [1, 1],
      [1, 1],
    ],
    size: 4,
    caption: "a digit",
  });
  const [text] = elementsOf(parseMarkup(`<svg>${drawn}</svg>`), "text");
  assert.equal([text!.attributes["x"], text!.attributes["y"]], ["14", "44"]);
});

test.run();
