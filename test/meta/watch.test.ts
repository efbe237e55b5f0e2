/** `npm run watch`: what it runs for which file, and that it notices files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chapters } from "leibniz/checks";
import { listFiles, root } from "./project.js";

// Loaded from where it lies: it runs before anything is compiled, and is plain JavaScript.
const { follow, workFor } = (await import(
  pathToFileURL(join(root, "test", "watch.mjs")).href
)) as typeof import("../watch.mjs");

const tests = listFiles("test")
  .filter((path) => path.endsWith(".test.ts"))
  .map((path) => path.slice("test/".length));

test("of each kind of file, what belongs to it is run", () => {
  const kinds: [path: string, chapter: string | null, patterns: string[]][] = [
    ["src/backprop/conv2d.ts", null, ["backprop/conv2d.test"]],
    ["src/backprop/index.ts", null, ["backprop/"]],
    // not the layer's test, which is in another folder
    ["src/checks/mistakes/catalog/affine.ts", null, ["checks/"]],
    ["src/index.ts", null, []],
    ["test/backprop/conv2d.test.ts", null, ["backprop/conv2d.test"]],
    ["test/helpers/views.ts", null, []],
    ["examples/xor.ts", null, ["examples/"]],
  ];
  for (const [path, chapter, patterns] of kinds)
    assert.equal(workFor(path, tests), { chapter, patterns }, path);
  const { chapter, patterns } = workFor("derivations/conv2d.md", tests);
  assert.is(chapter, "conv2d");
  assert.ok(patterns.includes("generated/conv2d-") && patterns.includes("meta/derivations"));
  assert.is(workFor("docs/library.md", tests).chapter, null);
});

test("a page of derivations is run as a chapter if it is one", () => {
  const run = listFiles("derivations")
    .filter((path) => path.endsWith(".md"))
    .flatMap((path) => workFor(path, tests).chapter ?? []);
  assert.equal(run.sort(), chapters.map(({ name }) => name).sort());
});

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

test("a file that is saved twice is told once, and what is no source is not told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leibniz-watch-"));
  mkdirSync(join(folder, "src", "inner", "generated"), { recursive: true });
  const told: string[][] = [];
  const stop = follow(folder, [".", "src"], (paths) => told.push(paths), 1000);
  try {
    for (const text of ["1", "2"]) {
      await pause(50);
      writeFileSync(join(folder, "src", "inner", "a.ts"), text);
    }
    writeFileSync(join(folder, "README.md"), "x");
    for (const other of [".a.ts.swp", "a.ts~", "inner/generated/b.ts", "inner/.hidden.ts"])
      writeFileSync(join(folder, "src", other), "x");
    writeFileSync(join(folder, "package.json"), "{}");
    for (let tries = 0; told.length === 0 && tries < 100; tries++) await pause(50);
    assert.equal(told, [["README.md", "src/inner/a.ts"]]);
  } finally {
    stop();
    rmSync(folder, { recursive: true });
  }
});

test.run();
