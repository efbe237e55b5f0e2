/** The chapters' pictures show what the engine computes, and nothing else. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Edit, type Mistake, mistakes, plantedTexts, Variants } from "leibniz/checks";
import { root } from "../helpers/cli.js";
import { elementsOf, overlaps, parseMarkup, textBoxes, textOf } from "../helpers/markup.js";

/** The name of a mistake of the catalog, or one of the picture's own. */
type Breaks = string | ({ readonly file: string } & Edit);

interface Program {
  readonly default: () => Promise<string>;
  readonly breaks: Breaks;
}

interface DrawAll {
  readonly names: () => string[];
  readonly program: (name: string) => Promise<Program>;
  readonly gallery: () => string;
}

const chapters = join(root, "derivations");
const figures = join(chapters, "figures");
const address = (file: string): string => pathToFileURL(join(figures, file)).href;
const { names, program, gallery } = (await import(address("draw.mjs"))) as DrawAll;
const committed = (file: string): string => readFileSync(join(figures, file), "utf8");
const pages = readdirSync(chapters)
  .filter((file) => file.endsWith(".md"))
  .map((file) => readFileSync(join(chapters, file), "utf8"));

/** On GitHub a page of text beside it weighs as much. */
const LARGEST = 30_000;
/** A telephone's width, in which no text may be too small to read. */
const WIDEST = 420;

test("each picture is what its program draws", async () => {
  const stale: string[] = [];
  for (const name of names()) {
    const { default: draw } = await program(name);
    if ((await draw()) !== committed(`${name}.svg`)) stale.push(name);
  }
  assert.equal(stale, [], `draw them anew: npm run figures -- ${stale.join(" ")}`);
});

test("a mistake in the engine makes each picture stale", async () => {
  const variants = new Variants();
  const unmoved: string[] = [];
  try {
    for (const name of names()) {
      const { breaks } = await program(name);
      const texts = await plantedTexts(mistakeOf(name, breaks));
      const module = address(`${name}.mjs`);
      const drawn = variants.run({ texts, module, input: null, seconds: 60 });
      // a mistake that the engine itself refuses changes the picture as well
      const picture = await drawn.catch((error: unknown) => String(error));
      assert.not.match(String(picture), /but nothing imports it|once, it does/, name);
      if (picture === committed(`${name}.svg`)) unmoved.push(name);
    }
  } finally {
    variants.end();
  }
  assert.equal(unmoved, []);
});

function mistakeOf(name: string, breaks: Breaks): Mistake {
  if (typeof breaks !== "string")
    return { ...mistakes[0]!, name, ...{ file: breaks.file, edits: [breaks] } };
  const mistake = mistakes.find((one) => one.name === breaks);
  if (mistake === undefined) throw new Error(`${name}: the catalog has no mistake ${breaks}`);
  return mistake;
}

test("each picture is seen in a chapter, with words for those who cannot see it", () => {
  const files = readdirSync(figures).filter((file) => file.endsWith(".svg"));
  assert.equal(
    files.sort(),
    names()
      .map((name) => `${name}.svg`)
      .sort(),
  );
  for (const file of files) {
    const said = pages.flatMap((page) => [
      ...page.matchAll(new RegExp(`^!\\[([^\\]]+)\\]\\(figures/${file}\\)$`, "gm")),
    ]);
    assert.is(said.length, 1, `${file}: expected in one chapter, alone on its line`);
    const words = said[0]![1]!.split(/\s+/).length;
    assert.ok(words >= 12, `${file}: expected what is seen in 12 words or more, got ${words}`);
  }
});

test("the page of all pictures is up to date", () => {
  assert.ok(committed("README.md") === gallery(), "draw it anew: npm run figures");
});

for (const name of names()) {
  test(`${name} stands alone, is small, and no text leaves it or lies on another`, () => {
    const text = committed(`${name}.svg`);
    assert.ok(Buffer.byteLength(text) <= LARGEST, `${Buffer.byteLength(text)} bytes`);
    assert.not.match(text, /<script|<foreignObject|<a |@import|url\(|NaN|undefined|Infinity/);
    assert.is(text.replace("http://www.w3.org/2000/svg", "").indexOf("http"), -1);
    const figure = parseMarkup(text.trimEnd());
    assert.ok(textOf(elementsOf(figure, "title")[0]!).length > 0);
    const width = Number(figure.attributes["viewBox"]!.split(" ")[2]);
    assert.ok(width <= WIDEST, `${width} pixels wide`);
    assert.is(figure.attributes["class"], "figure", "drawn with leibniz/figures");
    const boxes = textBoxes(figure);
    for (const { text: said, left, right } of boxes)
      assert.ok(left >= -1 && right <= width + 1, `"${said}" at ${left} to ${right} of ${width}`);
    assert.equal(overlaps(boxes), []);
  });
}

test.run();
