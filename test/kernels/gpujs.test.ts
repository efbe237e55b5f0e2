/** gpu.js as the build bundles it. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { root } from "../helpers/cli.js";
import { computeInWorkers } from "./gpu-workers.js";

const read = (...path: string[]): string => readFileSync(join(root, ...path), "utf8");
const bundled = read("dist/kernels/gpu/gpujs.js");
const [banner] = bundled.split("\n") as [string];

test("the bundle is of the versions in package-lock.json, and says so", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { readonly version: string }>;
  };
  for (const name of ["gpu.js", "acorn", "gpu-mock.js"]) {
    const { version } = packages[`node_modules/${name}`]!;
    assert.ok(banner.includes(`${name} ${version} (MIT)`), `${name} ${version} in ${banner}`);
  }
  assert.is(read("dist/kernels/gpu/gpujs.d.ts").split("\n")[0], banner);
});

/** The files in the bundle, by the name of each in `node_modules`. */
const inside = [...bundled.matchAll(/^"(node_modules\/.+\.js)": \[function/gm)].map(
  ([, path]) => path!,
);

test("the licences of all that is in it are kept", () => {
  const licences = read("dist/kernels/gpu/gpujs.LICENSE.txt");
  const folders = new Set(inside.map((path) => /^node_modules\/[^/]+/.exec(path)![0]));
  assert.equal([...folders].sort(), [
    "node_modules/acorn",
    "node_modules/gpu-mock.js",
    "node_modules/gpu.js",
  ]);
  for (const folder of folders)
    assert.ok(licences.includes(read(folder, "LICENSE").trim()), `${folder}/LICENSE`);
});

test("its files are in it as they are, so that kernels and stack traces are too", () => {
  assert.ok(inside.length > 50, `expected all of gpu.js, got ${inside.length} files`);
  for (const path of inside) assert.ok(bundled.includes(read(path)), path);
});

test("its workers start in Node", async () => {
  const { workers, wrong } = await computeInWorkers();
  assert.ok(workers > 0, "expected workers, got none");
  assert.is(wrong, 0);
});

test("the package gl, where it is installed, is asked for a context", () => {
  const program = `
    import Module from "node:module";
    const load = Module._load;
    Module._load = (name, ...rest) => (name === "gl" ? context : load(name, ...rest));
    const context = (...size) => (console.log(JSON.stringify(size)), null);
    const { availableGpuModes } = await import("leibniz/kernels");
    await availableGpuModes();`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", program],
    { encoding: "utf8", cwd: root },
  );
  assert.is(stderr, "");
  assert.is(stdout, '[2,2,{"preserveDrawingBuffer":true}]\n');
});

test.run();
