import { execFileSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { backendNames, openBackend } from "leibniz/kernels";
import { tensor } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";

test("each backend is opened by its name and works", async () => {
  for (const name of backendNames) {
    const mode = name === "gpu" ? "cpu" : undefined;
    const backend = await openBackend({ name, mode, threads: 1 });
    try {
      assert.is(backend.name, name);
      assert.is(backend.mode, mode ?? null);
      assert.is(backend.threads, 1);
      assert.equal((await backend.matmul(tensor([[1, 2]]), tensor([[3], [4]]))).toNested(), [[11]]);
    } finally {
      await backend.dispose();
    }
  }
});

test("what there is not is refused, with what there is", async () => {
  await assertRejects(
    () => openBackend({ name: "cuda" }),
    "openBackend",
    `(${backendNames.join(", ")})`,
    '"cuda"',
  );
  await assertRejects(
    () => openBackend({ name: "reference", mode: "webasm" }),
    "openBackend",
    "no mode",
    '"webasm"',
  );
  await assertRejects(
    () => openBackend({ name: "gpu", mode: "turbo" }),
    "webgpu, webgl2, headlessgl, webasm, cpu",
    '"turbo"',
  );
  for (const threads of [0, 65, 1.5, NaN])
    await assertRejects(
      () => openBackend({ name: "wasm", threads }),
      "from 1 to 64 threads",
      `got ${threads}`,
    );
  await assertRejects(() => openBackend({ name: "wasm", mode: "cpu" }), "no mode", "wasm");
  await assertRejects(
    () => openBackend({ name: "reference", threads: 2 }),
    "threads to be 1",
    "reference",
    "got 2",
  );
  await assertRejects(
    () => openBackend({ name: "gpu", mode: "cpu", threads: 2 }),
    "threads to be 1",
    "gpu",
    "got 2",
  );
});

test("gpu.js is loaded for the gpu backend only, and a process that used it ends", () => {
  const program = `
    import { register } from "node:module";
    import { openBackend } from "leibniz/kernels";
    import { Random } from "leibniz/tensor";
    const tell = "globalThis.gpuJsIsLoaded = true; ";
    const hook =
      "export const load = (url, context, next) => next(url, context).then((module) => " +
      "url.endsWith('/gpujs.js') ? { ...module, source: '" + tell + "' + module.source } : module)";
    register("data:text/javascript," + encodeURIComponent(hook));
    const loaded = () => globalThis.gpuJsIsLoaded === true;
    const seen = [loaded()];
    await openBackend({ name: "reference" });
    seen.push(loaded());
    const backend = await openBackend({ name: "gpu", mode: "webasm" });
    seen.push(loaded());
    // and no dispose
    await backend.matmul(new Random(1).normal([70, 30]), new Random(2).normal([30, 80]));
    console.log(JSON.stringify(seen));
  `;
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.equal(JSON.parse(printed), [false, false, true]);
});

test.run();
