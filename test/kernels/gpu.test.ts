import { test } from "uvu";
import * as assert from "uvu/assert";
import * as gpujs from "gpu.js";
import { availableGpuModes, gpuBackend } from "leibniz/kernels";
import { Tensor } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";
import { useSoftwareVulkan } from "../helpers/vulkan.js";
import { gpuLossSuite } from "./gpu-loss-suite.js";
import { assertFails, destroyedDuring, gpuSuite, patched, withBackend } from "./gpu-suite.js";

/** The modes that every machine with Node has. */
const MODES = ["cpu", "webasm"] as const;

for (const mode of MODES) gpuSuite(mode, test);

const softwareVulkan = useSoftwareVulkan();
const hasWebGpu = (await availableGpuModes()).includes("webgpu");
if (hasWebGpu || process.env["LEIBNIZ_REQUIRE_BROWSER"] === "1") {
  gpuSuite("webgpu", test);
  gpuLossSuite("webgpu", test);
} else console.log(`  mode webgpu not tested: ${softwareVulkan ? "the package webgpu is missing" : "no graphics driver; Debian's chromium has one"}`);

test("a kernel that gpu.js would move to the CPU is an error with gpu.js's reason, and nothing is printed", () =>
  withBackend({ mode: "webasm", smallestProduct: 0 }, async (backend) => {
    const build = function (this: gpujs.Kernel & { requestFallback(args: unknown, reason: string): void }, ...args: unknown[]): void {
      this.requestFallback(args, "planted reason");
    };
    const printed: unknown[] = [];
    await patched(gpujs.WebAssemblyKernel.prototype, "build", { value: build, writable: true }, () =>
      patched(console, "warn", { value: (...words: unknown[]) => printed.push(words), writable: true }, () =>
        assertFails(() => backend.matmul(Tensor.zeros([4, 5]), Tensor.zeros([5, 6])), "mode webasm", "planted reason"),
      ),
    );
    assert.equal(printed, []);
    assert.is(backend.kernelCount, 1, "expected the failed kernel to be given up");
    await backend.matmul(Tensor.zeros([4, 5]), Tensor.zeros([5, 6]));
    assert.is(backend.kernelCount, 2, "expected the next product to work");
  }));

test("a kernel that ran elsewhere than asked is an error, on its first run and on later ones", () =>
  withBackend({ mode: "webasm", smallestProduct: 0 }, async (backend) => {
    const [a, b] = [Tensor.zeros([4, 5]), Tensor.zeros([5, 6])];
    await backend.matmul(a, b);
    const destroyed = await destroyedDuring("webasm", () =>
      patched(gpujs.WebAssemblyKernel, "mode", { get: () => "cpu" }, async () => {
        await assertFails(() => backend.matmul(a, b), "mode webasm", "got cpu");
        await assertFails(() => backend.matmul(b, a, { transposeA: true, transposeB: true }), "mode webasm", "got cpu");
      }),
    );
    assert.is(destroyed.length, 2, "expected both kernels to be given up");
    assert.is(backend.kernelCount, 1);
  }));

test("a mode that computes nonsense is found out before it is used", () =>
  patched(gpujs.WebAssemblyKernel.prototype, "run", { value: () => [[Float32Array.of(50), Float32Array.of(121)]], writable: true }, () =>
    assertFails(() => gpuBackend({ mode: "webasm" }), "mode webasm", "50 and 122", "50 and 121"),
  ));

test("a mode that is unknown or not there is refused, and the message lists those that are", async () => {
  const available = await availableGpuModes();
  assert.ok(MODES.every((mode) => available.includes(mode)), `expected ${MODES} among ${available}`);
  await assertRejects(() => gpuBackend({ mode: "webgl2" }), "gpuBackend", `(${available.join(", ")})`, '"webgl2"');
  await assertRejects(() => gpuBackend({ mode: "gpu" }), "gpuBackend", "webgpu, webgl2, headlessgl, webasm, cpu", "available here", '"gpu"');
});

test("without a mode, the fastest that is there", () =>
  withBackend({}, async (backend) => {
    assert.is(backend.mode, (await availableGpuModes())[0]);
    assert.is(backend.name, "gpu");
    assert.is(backend.threads, 1);
  }));

test.run();
