import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertNone, type Files, listFiles, readFiles } from "./project.js";
import { separate } from "./source-text.js";

/**
 * What ECMAScript (section 21.3, The Math Object) rounds in one way only, or does not round at all.
 */
const EXACT = [
  "abs",
  "ceil",
  "clz32",
  "floor",
  "fround",
  "imul",
  "max",
  "min",
  "round",
  "sign",
  "sqrt",
  "trunc",
  "E",
  "LN2",
  "LN10",
  "LOG2E",
  "LOG10E",
  "PI",
  "SQRT1_2",
  "SQRT2",
];

/** Where something else may stand, and why. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // The gradient of the recorded trajectories is defined with a cosine; results are compared to a
  // tolerance.
  "src/checks/parity.ts": ["Math.cos"],
};

/**
 * Every use of a function whose last digits ECMAScript leaves to the engine, and every power that
 * is not a constant power of 2: with one of them, the same seed would no longer give the same
 * weights everywhere.
 */
function approximations(
  files: Files,
  allowed: Readonly<Record<string, readonly string[]>>,
): string[] {
  const found: string[] = [];
  for (const [path, text] of files) {
    if (!path.startsWith("src/") || !path.endsWith(".ts")) continue;
    const { code } = separate(text);
    const complain = (at: number, what: string): number =>
      found.push(`${path}:${code.slice(0, at).split("\n").length}: ${what}`);
    for (const { index, 1: member } of code.matchAll(/\bMath\b(?:\s*\??\.\s*(\w+))?/g)) {
      if (member === undefined) complain(index, "uses Math otherwise than by a member's name");
      else if (!EXACT.includes(member) && allowed[path]?.includes(`Math.${member}`) !== true)
        complain(index, `uses Math.${member}, whose last digits differ between engines`);
    }
    for (const { index, 0: power } of code.matchAll(/[\w)\]}.]*\s*\*\*=?\s*[\w(-]*/g)) {
      const constant = /^2\s*\*\*\s*\d+$/.test(power.trim());
      if (!constant && allowed[path]?.includes(power.trim()) !== true)
        complain(
          index,
          `uses ${power.trim()}, whose last digits differ between engines; see integerPower`,
        );
    }
  }
  return found;
}

test("nothing in src depends on how an engine rounds exp, log, sine or powers", () => {
  const files = readFiles(listFiles("src"));
  assert.ok(files.size > 30);
  assertNone(approximations(files, ALLOWED));
});

test("every exception is still needed", () => {
  for (const [path, uses] of Object.entries(ALLOWED)) {
    const text = readFiles([path]).get(path)!;
    for (const use of uses)
      assert.ok(text.includes(use), `${path} no longer uses ${use}: take it off the list`);
  }
});

test("each way to write such a use is found, and nothing else is", () => {
  const violations = (text: string, path = "src/tensor/a.ts"): string[] =>
    approximations(new Map([[path, text]]), { "src/tensor/b.ts": ["Math.cos", "x ** n"] });
  for (const name of [
    "exp",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "pow",
    "hypot",
    "cbrt",
    "random",
  ]) {
    assert.equal(violations(`\nconst f = Math.${name};`), [
      `src/tensor/a.ts:2: uses Math.${name}, whose last digits differ between engines`,
    ]);
  }
  for (const text of [
    "const { exp } = Math;",
    'Math["exp"](1);',
    "const M = Math;",
    "Math\n  .exp(1);",
    "Math?.exp(1);",
    "x ** y",
    "x **= 2",
    "x[i] ** 2",
    "f(x) ** 2",
    "12 ** 2",
    "2 ** k",
    "2 ** -k",
    "2 ** (1 / 2)",
    "1.2 ** 2",
  ]) {
    assert.is(violations(text).length, 1, text);
  }
  for (const text of [
    "Math.sqrt(2) + Math.floor(Math.abs(x)) * Math.PI",
    "// Math.exp(x)\n/** x ** y */ 'Math.log'",
    "2 ** 31 - 1",
    "a.Mathematics.exp(1)",
  ]) {
    assert.equal(violations(text), [], text);
  }
  assert.equal(violations("Math.cos(1) + x ** n", "src/tensor/b.ts"), []);
  assert.is(violations("Math.sin(1)", "src/tensor/b.ts").length, 1);
});

test.run();
