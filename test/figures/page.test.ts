import { test } from "uvu";
import * as assert from "uvu/assert";
import { contents, facts, figure, htmlPage, lineChart, section, table } from "leibniz/figures";
import { assertRejects } from "../helpers/assert-close.js";
import { elementsOf, parseMarkup, textOf } from "../helpers/markup.js";

const draw = (width: number): string =>
  lineChart({
    ...{ title: "t", description: "d", width, x: { label: "x" }, y: { label: "y" } },
    series: [{ name: "a", points: [[0, 1]] }],
  });

test("a page needs nothing else, and says what language it is in", () => {
  const parts = [{ id: "one", heading: "One & <two>", body: ["<p>text</p>"] }];
  const page = htmlPage({
    title: "<x>",
    body: [contents(parts), ...parts.map(section)],
    style: "b{}",
  });
  assert.match(page, /^<!DOCTYPE html>\n<html lang="en">/);
  assert.match(page, /<title>leibniz: &#60;x&#62;<\/title>/);
  assert.not.match(page, /<script|https?:/);
  assert.match(page, /<a href="#one" class="chip">One &#38; &#60;two&#62;<\/a>/);
  assert.match(page, /<section id="one"><h2>One &#38; &#60;two&#62;<\/h2><p>text<\/p><\/section>/);
  assert.match(page, /b\{\}<\/style>/);
});

test("figures are drawn for both sizes of screen, and their style is in a page once", () => {
  const drawn = figure(draw, "a < b");
  assert.is(drawn.match(/<svg/g)?.length, 2);
  assert.match(drawn, /<div class="small"><svg[^>]*width="340"/);
  assert.match(drawn, /<div class="large"><svg[^>]*width="1000"/);
  assert.match(drawn, /<figcaption>a &#60; b<\/figcaption>/);
  assert.is(figure(draw, "", [400, 400]).match(/<svg/g)?.length, 1);
  const page = htmlPage({ title: "t", body: [drawn] });
  assert.not.match(page, /xmlns/);
  assert.is(page.match(/\.figure \.band\{/g)?.length, 1);
  assert.ok(page.indexOf(".figure .band{") < page.indexOf("<body"));
});

test("a table has headers for rows and columns, and numbers flush right", async () => {
  const markup = table({
    caption: "Accuracy & more",
    head: ["class", "right", "note"],
    rows: [
      ["<a>", "97.1 %", "x"],
      ["b", 3, "1 of 2 things"],
    ],
  });
  const node = parseMarkup(markup);
  assert.is(node.attributes["tabindex"], "0");
  assert.is(textOf(elementsOf(node, "caption")[0]!), "Accuracy & more");
  const headers = elementsOf(node, "th").map(({ attributes }) => attributes["scope"]);
  assert.equal(headers, ["col", "col", "col", "row", "row"]);
  const cells = elementsOf(node, "td").map((cell) => [
    textOf(cell),
    cell.attributes["class"] ?? null,
  ]);
  assert.equal(cells, [
    ["97.1 %", "number"],
    ["x", null],
    ["3", "number"],
    ["1 of 2 things", null],
  ]);
  assert.is(textOf(elementsOf(node, "th")[3]!), "<a>");
  await assertRejects(
    () => table({ head: ["a"], rows: [["b", "c"]] }),
    "table: expected rows of 1 cells, got one of 2",
  );
});

test("two numbers in a cell are set as numbers are, and never broken into lines", () => {
  const cells = ["1.2 % to 3.4 %", "−1.22 to −0.4", "3 of 16", "97.1 ± 0.2 %", "–", "1 to x"];
  const isNumber = (cell: string): boolean =>
    table({
      head: ["a", "b"],
      rows: [
        ["1", cell],
        ["2", "7"],
      ],
    }).includes('class="number"');
  assert.equal(cells.map(isNumber), [true, true, true, true, true, false]);
});

test("facts are names and values", () => {
  assert.is(facts([["seed", "<0>"]]), "<dl><div><dt>seed</dt><dd>&#60;0&#62;</dd></div></dl>");
});

test.run();
