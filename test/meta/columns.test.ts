import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertNone, type Files, listFiles, readFiles } from "./project.js";

/** A code panel shows whole lines of this length, and Biome breaks lines here where it can. */
const COLUMNS = 100;

const CODE = /^(?:src|test|bench|site)\/.*\.(?:m?[jt]s|css)$/;

/** Every line that is too long, as `file:line: how long`. A sign of several bytes counts once. */
function longLines(files: Files): string[] {
  return [...files].flatMap(([path, text]) =>
    text.split("\n").flatMap((line, i) => {
      const { length } = [...line];
      return length > COLUMNS ? [`${path}:${i + 1}: ${length} characters`] : [];
    }),
  );
}

test("no line of code is longer than 100 characters, not even where Biome leaves it alone", () => {
  const files = readFiles(listFiles().filter((path) => CODE.test(path)));
  for (const path of [
    "src/kernels/wasm/assembly/gemm.ts",
    "src/kernels/wasm/build.mjs",
    "site/client/css/base.css",
  ])
    assert.ok(files.has(path), path);
  assertNone(longLines(files));
});

test("a line of 101 characters is found, and one of 100 signs of several bytes is not", () => {
  assert.equal(
    longLines(
      new Map([["src/a.ts", `${"x".repeat(101)}\n${"𝑥".repeat(100)}\n${"σ".repeat(101)}`]]),
    ),
    ["src/a.ts:1: 101 characters", "src/a.ts:3: 101 characters"],
  );
});

test.run();
