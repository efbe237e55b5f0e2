import { builtinModules, isBuiltin } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { root } from "./project.js";

/** What a page would have to load before it runs anything of an entry, and only Node has. */
async function needsNode(entry: string): Promise<string[]> {
  const path = join(root, "dist", entry);
  const { metafile } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    external: ["node:*", ...builtinModules],
    logLevel: "silent",
  });
  return Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports
      .filter(({ path: imported, kind }) => isBuiltin(imported) && kind === "import-statement")
      .map(({ path: imported }) => imported),
  );
}

test("the package, and each of its parts that says so, loads in a browser", async () => {
  for (const entry of [
    "index.js",
    "backprop/index.js",
    "network/index.js",
    "training/index.js",
    "figures/index.js",
    "report/index.js",
    "checks/index.js",
  ])
    assert.equal(await needsNode(entry), [], entry);
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
    external: ["node:*"],
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
  assert.ok((await needsNode("cli/index.js")).includes("node:fs"));
});

test.run();
