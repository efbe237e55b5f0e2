/** `leibniz slides`: a chapter's pictures, its result and its equations in one file. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chapterNames, chapterText } from "../../dist/cli/chapters.js";
import { slidesOf } from "../../dist/cli/slides-content.js";
import { mathFormula } from "../../dist/cli/slides-math.js";
import { piecesOf } from "../../dist/cli/slides-pieces.js";
import { leibnizHere, temporaryFolder } from "../helpers/cli.js";

/** All formulas of all chapters. */
const formulas = chapterNames().flatMap((name) => {
  const text = chapterText(name).text.replace(/^```.*\n[\s\S]*?^```$/gm, "");
  const prose = text.replace(/`[^`\n]*`/g, "").replace(/^> ?/gm, "");
  return [...prose.matchAll(/\$\$\s*([\s\S]+?)\s*\$\$|\$([^$]+)\$/g)].map(
    ([, display, inline]) => display ?? inline!,
  );
});

/** Names of elements that are not closed where they should be. */
function unbalanced(html: string): string[] {
  const open: string[] = [];
  for (const [, slash, name, end] of html.matchAll(/<(\/?)([a-z\d]+)[^>]*?(\/?)>/g)) {
    if (slash === "") open.push(name!);
    if ((slash === "/" || end === "/") && open.pop() !== name) return [name!];
  }
  return open;
}

test("every formula of the chapters becomes MathML, with nothing of LaTeX left", () => {
  assert.ok(formulas.length > 1500, String(formulas.length));
  for (const latex of formulas) {
    const math = mathFormula(latex, true);
    const text = math.replace(/<[^>]*>/g, "");
    assert.equal(unbalanced(math), [], latex);
    assert.not.match(text, /[\\{}]|&[^#]|\btag\b/, latex);
    assert.ok(text.length > 0, latex);
  }
});

test("formulas look as they should", () => {
  const shown = (latex: string, isDisplay = false): string =>
    mathFormula(latex, isDisplay).replace(/^<math[^>]*>|<\/math>$/g, "");
  assert.is(
    shown("\\frac{1}{N} \\cdot \\mathrm{dOut}^{\\mathsf T} \\tag{a.1}"),
    "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><mo>·</mo>" +
      '<msup><mi>dOut</mi><mrow><mi mathvariant="normal">T</mi></mrow></msup>',
  );
  assert.is(
    shown("\\sum_n \\hat x_i", true),
    "<munder><mo>∑</mo><mrow><mi>n</mi></mrow></munder>" +
      '<msub><mover accent="true"><mrow><mi>x</mi></mrow><mo stretchy="false">^</mo></mover>' +
      "<mrow><mi>i</mi></mrow></msub>",
  );
  assert.match(shown("\\sum_n x"), /^<msub><mo>∑<\/mo>/);
  assert.match(shown("\\Bigl( x \\Bigr)"), /^<mo stretchy="true" minsize="1\.8em"/);
  assert.match(shown("(x)"), /^<mo stretchy="false">\(<\/mo>/);
  assert.is(
    shown("\\begin{pmatrix} 1 & -2 \\cr 0 & 3 \\end{pmatrix}"),
    "<mrow><mo>(</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mo>−</mo><mn>2</mn></mtd></mtr>" +
      "<mtr><mtd><mn>0</mn></mtd><mtd><mn>3</mn></mtd></mtr></mtable><mo>)</mo></mrow>",
  );
  assert.match(mathFormula("- 2", true, true), /<mo form="infix">−<\/mo><mn>2/);
  assert.is(shown("a < b"), "<mi>a</mi><mo>&#60;</mo><mi>b</mi>");
});

test("a formula is broken at relations and between terms, and nothing is lost", () => {
  for (const latex of formulas) assert.is(piecesOf(latex).join(""), latex);
  assert.equal(piecesOf("\\mathrm{dWeight}[k, r] = \\sum_n a[n + 1, r] + \\frac{b + c}{d}"), [
    "\\mathrm{dWeight}[k, r] ",
    "= \\sum_n a[n + 1, r] ",
    "+ \\frac{b + c}{d}",
  ]);
  assert.equal(piecesOf("x = -1"), ["x = -1"]);
});

test("the slides of a chapter: its box, and each picture with its words and equation", () => {
  for (const name of chapterNames()) {
    const chapter = chapterText(name);
    const { slides } = slidesOf(chapter);
    const pictures = [...chapter.text.matchAll(/^!\[(.+)\]\(figures\/.+\.svg\)$/gm)];
    assert.equal(
      slides.flatMap(({ picture }) => (picture === null ? [] : [picture.caption])),
      pictures.map(([, caption]) => caption),
      name,
    );
    const boxes = slides.filter(({ box }) => box !== null);
    assert.is(boxes.length, chapter.text.includes("\n## The result\n") ? 1 : 0, name);
    const tags = slides.flatMap(({ formula }) => (formula === null ? [] : [formula.tag]));
    assert.is(new Set(tags).size, tags.length, `${name}: ${tags}`);
  }
  const { title, lead, slides } = slidesOf(chapterText("conv2d-gradients"));
  assert.is(title, "The gradients of a convolution");
  assert.match(lead, /^[A-Z][^#]+\.$/);
  const bias = slides.find(({ heading }) => heading === "The bias")!;
  assert.is(bias.formula?.tag, "conv2d.6");
  assert.match(bias.picture!.svg, /^<svg /);
});

test("the file needs nothing else, and says how to go on", async () => {
  const file = join(temporaryFolder(), "slides.html");
  const { status, stdout, stderr } = await leibnizHere("slides", "affine", "--out", file);
  assert.equal([status, stderr], [0, ""]);
  assert.match(stdout, /slides\.html: 5 slides on The affine layer, and flatten; open it/);
  const html = readFileSync(file, "utf8");
  assert.is(html.match(/class="slide /g)?.length, 5);
  assert.not.match(html, /<script|\bon[a-z]+="|src=|https?:\/\/(?!www\.w3\.org)/);
  assert.match(html, /scroll-snap-type/);
  assert.match(html, /<span>2 of 5<\/span><a href="#slide-3" aria-label="next slide">/);
  assert.match(html, /<span class="tag">\(affine\.12\)<\/span>/);
  const json = await leibnizHere("slides", "affine", "--out", file, "--json");
  assert.equal(JSON.parse(json.stdout), { chapter: "affine", file, slides: 5 });
});

test("another's file is not overwritten, and an unknown chapter has a nearest one", async () => {
  const file = join(temporaryFolder(), "slides.html");
  writeFileSync(file, "<html>mine</html>");
  const { status, stderr } = await leibnizHere("slides", "affine", "--out", file);
  assert.is(status, 2);
  assert.match(stderr, /^leibniz: --out: expected a new file, .* nothing was overwritten\n$/);
  assert.is(readFileSync(file, "utf8"), "<html>mine</html>");
  const unknown = await leibnizHere("slides", "convd2", "--out", join(file, "..", "no.html"));
  assert.is(unknown.status, 2);
  assert.match(unknown.stderr, /expected a chapter, got "convd2"; did you mean conv2d\?/);
  assert.not.ok(existsSync(join(file, "..", "no.html")));
});

test.run();
