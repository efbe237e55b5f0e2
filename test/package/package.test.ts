/**
 * The packed package, unpacked beside its dependencies: the command line, the types, and esbuild's
 * bundle in Chromium. `npm run check:package` does it with all package managers, bundlers and
 * versions of Node, from the registry.
 */
import { join } from "node:path";
import { build } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { findChromium, HOW_TO_GET_IT, startChromium } from "../browser/chromium.js";
import { root } from "../helpers/cli.js";
import { newProject, pack, run, scratchFolder, unpackInto, writeFiles } from "./consumer.js";
import { type Found, foundIn, serveFolder } from "./pages.js";
import { pageWith, programs, TSC_OPTIONS } from "./programs.js";

const scratch = scratchFolder();
const consumer = newProject(scratch, "consumer");
const chromium = findChromium();

test.before(() => {
  unpackInto(consumer, pack(scratch));
  writeFiles(consumer, programs);
});

const main = join("node_modules", "leibniz", "dist", "cli", "main.js");

test("the command line runs, and a derivation, which reads the package's own chapters", () => {
  assert.match(run(consumer, [process.execPath, main, "--version"]), /^\d+\.\d+\.\d+\n$/);
  assert.match(run(consumer, [process.execPath, main, "derive", "affine"]), /affine\.1 .*pass/);
});

test("variants of the engine run where it is installed, below node_modules", () => {
  const printed = run(consumer, [process.execPath, main, "gradcheck", "relu", "--mutate"]);
  assert.match(printed, /noticed/);
});

test("types compile strictly, without those of a browser or of Node", () => {
  for (const module of ["nodenext", "esnext"])
    run(consumer, [
      ...([process.execPath, join(root, "node_modules/typescript/bin/tsc")] as const),
      ...TSC_OPTIONS,
      ...["--ignoreConfig", "--module", module, "types.ts"],
      ...(module === "esnext" ? ["--moduleResolution", "bundler"] : []),
    ]);
});

test("Node and esbuild's bundle in Chromium train the same, with 1 and 2 threads", async () => {
  const inNode = JSON.parse(run(consumer, [process.execPath, "in-node.js", "2"])) as Found;
  assert.is(inNode.threads, 2);
  await build({
    entryPoints: [join(consumer, "page.js")],
    bundle: true,
    outfile: join(consumer, "site", "bundle.js"),
    logLevel: "silent",
  });
  if (chromium === null) return console.log(`without Chromium; ${HOW_TO_GET_IT}`);
  writeFiles(join(consumer, "site"), { "index.html": pageWith("bundle.js") });
  const [server, browser] = [
    await serveFolder(join(consumer, "site")),
    await startChromium(chromium),
  ];
  try {
    for (const threads of [1, 2]) {
      const found = await foundIn(browser, `${server.origin}/?threads=${threads}`);
      assert.equal(found, { threads, sha256: inNode.sha256 });
    }
  } finally {
    await browser.close();
    server.close();
  }
});

test.run();
