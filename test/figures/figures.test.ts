/** What all figures have in common, whatever numbers and names they are given. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { escape, textWidth } from "leibniz/figures";
import { elementsOf, overlaps, parseMarkup, textBoxes, textOf } from "../helpers/markup.js";
import { figures } from "./random-figures.js";

for (const [name, drawn] of figures) {
  test(`${name}: an image with a name and a description, well-formed, the same each time`, () => {
    fc.assert(
      fc.property(drawn, ({ draw, title, description, width }) => {
        const text = draw();
        assert.is(draw(), text);
        const figure = parseMarkup(text);
        assert.is(figure.name, "svg");
        assert.is(figure.attributes["role"], "img");
        assert.ok(Number(figure.attributes["width"]) <= width);
        const [first, second] = figure.children as { name: string }[];
        assert.equal([first!.name, second!.name], ["title", "desc"]);
        const shown = (words: string): string => asShown(words);
        assert.is(textOf(elementsOf(figure, "title")[0]!), shown(title));
        assert.ok(textOf(elementsOf(figure, "desc")[0]!).startsWith(shown(description)));
        assert.not.match(text, /NaN"|Infinity"|undefined/);
      }),
      { numRuns: 30 },
    );
  });

  test(`${name}: nothing that runs, asks for anything, or has an id`, () => {
    fc.assert(
      fc.property(drawn, ({ draw }) => {
        const figure = parseMarkup(draw());
        for (const forbidden of ["script", "a", "use", "foreignObject", "i", "b"])
          assert.is(elementsOf(figure, forbidden).length, 0, forbidden);
        const attributes = allOf(figure).flatMap((node) => Object.entries(node.attributes));
        for (const [key, value] of attributes) {
          assert.not.match(key, /^on|^id$/);
          if (key === "href") assert.match(value, /^data:image\/png;base64,[\w+/=]+$/);
          else if (key !== "xmlns") assert.not.match(value, /url\(|http|javascript/);
        }
      }),
      { numRuns: 30 },
    );
  });

  test(`${name}: texts lie within the figure, and none on another`, () => {
    fc.assert(
      fc.property(drawn, ({ draw }) => {
        const figure = parseMarkup(draw());
        const [width, height] = ["width", "height"].map((key) => Number(figure.attributes[key]));
        const boxes = textBoxes(figure);
        for (const { text, left, right, top, bottom } of boxes)
          assert.ok(
            left >= -1 && right <= width! + 1 && top >= -1 && bottom <= height! + 1,
            `"${text}" at ${left} to ${right} of ${width}, ${top} to ${bottom} of ${height}`,
          );
        assert.equal(overlaps(boxes), []);
      }),
      { numRuns: 60 },
    );
  });
}

function allOf(node: ReturnType<typeof parseMarkup>): ReturnType<typeof parseMarkup>[] {
  return [
    node,
    ...node.children.flatMap((child) => (typeof child === "string" ? [] : allOf(child))),
  ];
}

/** What XML has a character for. */
function asShown(words: string): string {
  return escape(words).replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

test("the reader of markup refuses what is not well-formed", () => {
  for (const broken of [
    "<a><b></a></b>",
    "<a>",
    "<a/><b/>",
    '<a x="1" x="2"/>',
    "<a>1 < 2</a>",
    "<a>&nbsp;</a>",
    '<a x="1"y="2"/>',
  ])
    assert.throws(() => parseMarkup(broken), undefined, broken);
  const { children } = parseMarkup('<a x="&#38;">1<b/>2</a>');
  assert.equal(children, ["1", { name: "b", attributes: {}, children: [] }, "2"]);
});

test("overlapping texts are found, turned ones too", () => {
  const boxesOf = (content: string): string[] =>
    overlaps(textBoxes(parseMarkup(`<svg>${content}</svg>`)));
  const a = '<text x="10" y="20">one word</text>';
  assert.equal(boxesOf(`${a}<text x="40" y="22">another</text>`), ['"one word" on "another"']);
  assert.equal(boxesOf(`${a}<text x="10" y="40">another</text>`), []);
  assert.is(
    boxesOf(`${a}<text x="20" y="60" transform="rotate(-90 20 60)">upwards</text>`).length,
    1,
  );
  assert.is(boxesOf(`${a}<text x="9" y="20" text-anchor="end">before</text>`).length, 0);
  assert.ok(textWidth("mmm") > textWidth("iii"));
});

test.run();
