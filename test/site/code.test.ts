/** Code on the pages of the site: every line is there, and beside its equation. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  highlightLines,
  linesOfTag,
  placesOf,
  project,
  symbolsOf,
  symbolsOfFormula,
} from "../../site/build/code/index.mjs";

const test = suite("site: code");

/** What a reader sees. */
function shown(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}

test("highlighted code reads as it was written, line by line", () => {
  const paths = ["src/backprop/conv2d.ts", "src/kernels/wasm/assembly/tiles.ts"];
  for (const path of paths) {
    const text = project.text(path);
    const lines = highlightLines(text, { path });
    assert.is(`${shown(lines.join("\n"))}\n`, text, path);
    assert.is(lines.length, text.split("\n").length - 1);
  }
});

test("a line has its tokens, symbols and number", () => {
  const [line] = highlightLines("const dOut = f<T>(1); // a < b", { symbols: new Set(["dOut"]) });
  assert.match(line!, /^<span class="line" data-line="1"><span class="k">const<\/span> /);
  assert.match(line!, '<span data-symbol="dOut">dOut</span>');
  assert.match(line!, '<span class="f">f</span>&lt;<span class="t">T</span>&gt;');
  assert.match(line!, '<span class="c">// a &lt; b</span>');
});

test("a comment with a tag and the statement below belong to the equation", () => {
  const lines = highlightLines(
    "// (conv2d.7) dWeight = Σₙ dOutₙ · colsₙᵀ\nf(\n  cols,\n);\n" +
      "f(1); // (conv2d.8)\n// (conv2d.6)\nf(2);",
    { page: "conv2d-gradients" },
  );
  const tags = lines.map((line) => / data-tags="([^"]*)"/.exec(line)?.[1] ?? "");
  // a mere mention is about no statement
  assert.equal(tags, ["conv2d.7", "conv2d.7", "conv2d.7", "conv2d.7", "conv2d.8", "conv2d.6", ""]);
  assert.match(lines[0]!, '<a class="ref" href="#conv2d.7" data-ref="conv2d.7">(conv2d.7)</a>');
  assert.match(lines[0]!, 'Σₙ <span data-symbol="dOut">dOut</span>ₙ · ');
});

test("an equation of another chapter is a link to its page", () => {
  const [line] = highlightLines("// (affine.9)", { page: "conv2d", root: "../../" });
  assert.match(line!, 'href="../../chapters/affine.html#affine.9"');
});

test("a tag that no chapter has is an error that says where", () => {
  assert.throws(
    () => highlightLines("f();\n// (conv2d.99) x = 1", { path: "src/backprop/relu.ts" }),
    /^src\/backprop\/relu\.ts:2: no chapter has an equation \(conv2d\.99\)$/,
  );
});

test("an equation finds the lines that compute it, in its main file first", () => {
  const found = linesOfTag("conv2d.7")!;
  assert.is(found.file, "src/backprop/conv2d.ts");
  assert.is(
    shown(found.html),
    "// (conv2d.7) dWeight = Σₙ dOutₙ · colsₙᵀ\n" +
      "const dWeight = await backend.matmulSum(dOutRows, cols, { transposeB: true });",
  );
  assert.is(found.others.length, 3);
  assert.is(linesOfTag("conv2d.6a"), null);
});

test("every row of every chapter's table has its lines", () => {
  for (const { rows } of project.chapters.values())
    for (const { tag, file, declaration } of rows) {
      const places = placesOf(tag).filter(
        (place) => place.file === file && place.declaration === declaration,
      );
      assert.ok(places.length > 0, `(${tag}) in ${declaration} of ${file}`);
    }
});

test("formulas and code share their symbols", () => {
  const formula = "\\mathrm{d\\hat X}[i] = \\rho \\cdot \\mathrm{dOut} \\tag{a.1}";
  assert.equal([...symbolsOfFormula(formula)], ["dX̂", "dOut", "ρ", "i"]);
  const [line] = highlightLines("const xHat = rho;", { page: "normalisation" });
  assert.match(line!, `<span data-symbol="${"x̂".normalize("NFD")}">xHat</span>`);
  assert.match(line!, '<span data-symbol="ρ">rho</span>');
  for (const symbol of ["dCols", "strideH", "N"])
    assert.ok(symbolsOf("conv2d-gradients").has(symbol), symbol);
});

test.run();
