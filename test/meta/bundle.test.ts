import { join } from "node:path";
import { build, type BuildFailure } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { root } from "./project.js";

/**
 * What stops a bundler that is told nothing but the entry: each module that only Node has, however
 * it is imported, and what is missing.
 */
async function stopsAt(entry: string): Promise<string[]> {
  return build({
    entryPoints: [join(root, "dist", entry)],
    bundle: true,
    write: false,
    outdir: "bundle",
    logLevel: "silent",
  }).then(
    () => [],
    ({ errors }: BuildFailure) => errors.map(({ text }) => text),
  );
}

test("the package, and each part that is for browsers, needs no bundler settings", async () => {
  for (const entry of [
    "index.js",
    "backprop/index.js",
    "network/index.js",
    "training/index.js",
    "figures/index.js",
    "report/index.js",
    "checks/index.js",
  ])
    assert.equal(await stopsAt(entry), [], entry);
});

test("gpu.js is in a file of its own, which a page loads when it opens a gpu backend", async () => {
  const gpujs = "dist/kernels/gpu/gpujs.js";
  const { metafile } = await build({
    entryPoints: [join(root, "dist/index.js")],
    absWorkingDir: root,
    outdir: "bundle",
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
  });
  const { outputs } = metafile;
  const home = Object.keys(outputs).filter((path) => gpujs in outputs[path]!.inputs);
  assert.is(home.length, 1);
  assert.equal(Object.keys(outputs[home[0]!]!.inputs), [gpujs]);
  const importers = Object.values(outputs).flatMap(({ imports }) =>
    imports.filter(({ path }) => path === home[0]).map(({ kind }) => kind),
  );
  assert.equal([...new Set(importers)], ["dynamic-import"]);
});

test("a part that only Node can load is found", async () => {
  const stops = await stopsAt("cli/index.js");
  assert.ok(stops.includes('Could not resolve "node:fs"'), stops.join("\n"));
});

test.run();
