import { test } from "uvu";
import * as assert from "uvu/assert";
import { plain, plainFormula } from "leibniz/checks";

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

test.run();
