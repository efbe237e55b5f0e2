import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog, layerFile } from "leibniz/gradcheck";
import { emptyBackward, hintsFor, plain, plainFormula, TOOLBOX, toolsOf } from "leibniz/checks";
import * as tensors from "leibniz/tensor";
import { root } from "../../helpers/cli.js";

test("formulas in plain signs", () => {
  for (const [latex, expected] of [
    [
      "\\frac{\\partial \\mathrm{out}[r, m]}{\\partial x[n, i]} = \\sum_{i'} \\delta[r, n] " +
        "\\cdot w[i'] \\tag{affine.10}",
      "∂out[r, m]/∂x[n, i] = Σ_i′ δ[r, n] · w[i′]",
    ],
    ["\\frac{1}{1 + e^{-x}}", "1/(1 + e^(-x))"],
    ["\\frac{\\max(0 + h, 0) - 1}{h}", "(max(0 + h, 0) - 1)/h"],
    ["\\frac{\\frac{a}{b}}{c}", "(a/b)/c"],
    ["\\frac{a[i, j]^2}{b_n}", "(a[i, j]²)/b_n"],
    ["\\mathrm{dOut}_n \\cdot \\mathrm{cols}_n^{\\mathsf T}", "dOut_n · cols_nᵀ"],
    [
      "\\mathrm{d\\hat X}[i] \\cdot \\Bigl( \\hat x - \\frac{1}{\\sqrt{M}} \\Bigr)",
      "dX\u0302[i] · (x\u0302 - 1/√(M))",
    ],
    [
      "f(x) = x \\enspace \\text{if} \\enspace x \\gt 0, \\quad \\text{else} \\enspace a",
      "f(x) = x if x > 0,   else a",
    ],
    ["\\mathbf{1}[x \\ne 0]\n\\qquad \\text{for } x", "1[x ≠ 0]   for x"],
    ["\\exp(x) + \\dots", "exp(x) + …"],
  ] as const)
    assert.is(plainFormula(latex), expected, latex);
});

test("prose without its marks; a link keeps its words, a display gets a line", () => {
  assert.is(
    plain("By *all* $x[i]$ (there), see [$y_i$ of it](a.md) and **more**:\n\n$$ z \\le 1 $$"),
    "By all x[i] (there), see y_i of it and more:\n\n    z ≤ 1",
  );
});

test("no hint of any layer shows LaTeX, and every tool that a hint names is there", () => {
  const folder = join(root, "derivations");
  const chapters = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith(".md"))
      .map((name) => [name.slice(0, -3), readFileSync(join(folder, name), "utf8")]),
  );
  for (const { layer } of catalog) {
    const source = readFileSync(join(root, "src/backprop", `${layerFile(layer)}.ts`), "utf8");
    const cited = [...source.matchAll(/\(([\w-]+\.\d+[a-z]?)\) \S/g)].map((found) => found[1]!);
    for (const { about, text } of hintsFor(emptyBackward(source).functions, chapters, cited)) {
      if (about.endsWith("as leibniz has it")) continue;
      assert.not.match(text, /\\[a-zA-Z]|\$\$|[_^]\{/, `${layer}, ${about}`);
      for (const [, names] of text.matchAll(/^ {2}import \{ (.+) \} from "leibniz\/tensor";$/gm))
        for (const name of names!.split(", ")) assert.ok(name in tensors, name);
    }
  }
  for (const name of /import \{ (.+) \}/.exec(TOOLBOX)![1]!.split(", "))
    assert.ok(name in tensors, name);
});

test("a tool is told by its call, and what has to be imported by an import", () => {
  const text = toolsOf([
    "  // (a.1) backend.no()",
    "  const s = await backend.matmulSum(zip(a, b, f).reshape([1]), Math.min(1, 2));",
  ]);
  const [names, ...calls] = text.split("\n");
  assert.is(names, "backend.matmulSum, zip, .reshape, Math.min");
  assert.equal(
    calls.slice(0, 3).map((call) => call.slice(0, 25)),
    ["  await backend.matmulSum", "  zip(a, b, (p, q) => …):", "  a.reshape([N, M]): the "],
  );
  assert.is(calls[3], '  import { zip } from "leibniz/tensor";');
});

test.run();
